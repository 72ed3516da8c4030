import type { ComponentChildren } from 'preact';
import { count } from '../words.ts';

type Fact = { readonly label: string; readonly number: number };

/** Numbers with their labels, the largest first; the smallest are summed up. */
export function Facts({ facts, most = 6 }: { readonly facts: readonly Fact[]; readonly most?: number }) {
  const sorted = facts.toSorted((a, b) => b.number - a.number);
  const rest = sorted.slice(most);
  const shown = rest.length > 1 ? sorted.slice(0, most) : sorted;
  return (
    <dl class="facts">
      {shown.map(({ label, number }) => (
        <FactRow key={label} label={label} number={number} />
      ))}
      {rest.length > 1 && (
        <FactRow label={`${rest.length} others`} number={rest.reduce((sum, { number }) => sum + number, 0)} />
      )}
    </dl>
  );
}

const FactRow = ({ label, number }: Fact) => (
  <div>
    <dt>{label}</dt>
    <dd>{count(number)}</dd>
  </div>
);

/** A part of a page with a heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
