import { useId } from 'preact/hooks';
import { type Mapping, reassigned, USES } from '../columns.ts';
import type { ListCheck } from '../types.ts';

type Props = {
  readonly check: ListCheck;
  readonly onChange: (mapping: Mapping) => void;
};

/** The columns of a list with their first rows, and what each is used as. */
export function ListColumns({ check: { columns, unclear = [] }, onChange }: Props) {
  const id = useId();
  const rows = Math.max(0, ...columns.map(({ first }) => first.length));
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Columns</h2>
      {unclear.map((each) => (
        <p key={each.as} class="problem" role="alert">
          {questionOf(each)}
        </p>
      ))}
      <p class="hint">
        The other columns stay with each person and come back in the report. A choice is kept for the next file with the
        same columns.
      </p>
      <table class="stacked columns-table">
        <thead>
          <tr>
            <th scope="col">In the file</th>
            {ORDINALS.slice(0, rows).map((ordinal) => (
              <th key={ordinal} scope="col">
                {ordinal} row
              </th>
            ))}
            <th scope="col">Used as</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ column, as = '', first }, index) => (
            <tr key={column}>
              <th scope="row" id={`${id}-${index}`}>
                {column}
              </th>
              {ORDINALS.slice(0, rows).map((ordinal, row) => (
                <td key={ordinal} class={first[row] ? 'cell' : 'cell none'}>
                  {first[row] || '–'}
                </td>
              ))}
              <td>
                <select
                  aria-label={`${column}: used as`}
                  value={as}
                  class={as ? 'used' : ''}
                  onChange={(event) => onChange(reassigned(columns, column, event.currentTarget.value))}
                >
                  <option value="">Keep as it is</option>
                  {Object.entries(USES).map(([use, label]) => (
                    <option key={use} value={use}>
                      {label}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const ORDINALS = ['First', 'Second', 'Third'];

function questionOf({ as, columns }: NonNullable<ListCheck['unclear']>[number]): string {
  const use = (USES[as] ?? as).toLowerCase();
  if (columns.length === 0) return `No column looks like phone numbers. Choose the column that has them.`;
  return `${columns.join(' and ')} could each be the ${use}. Choose one: the other is kept as it is.`;
}
