import type { Refusal } from '../api.ts';

/** An error in the app's own words. A lost connection is shown at the top of the page instead. */
export function Trouble({ refusal }: { readonly refusal: Refusal | undefined }) {
  if (!refusal || refusal.status === 0) return null;
  return <Problem refusal={refusal} />;
}

export function Problem({ refusal }: { readonly refusal: Refusal }) {
  return (
    <div class="problem" role="alert">
      {refusal.problems.length > 1 ? (
        <ul>
          {refusal.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : (
        <p>{refusal.message}.</p>
      )}
    </div>
  );
}
