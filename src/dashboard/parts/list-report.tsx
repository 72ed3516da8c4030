import { toOutage } from '../route.ts';
import type { ImportReport, Outage } from '../types.ts';
import { count, people } from '../words.ts';
import { FocusedHeading } from './focused.tsx';

type Props = {
  readonly outage: Outage;
  readonly file: File;
  readonly report: ImportReport;
  readonly onOther: () => void;
};

/** What became of a list. */
export function ListReport({ outage, file, report, onOther }: Props) {
  const { added, alreadyThere, duplicates, rejected, removed } = report;
  const more = [
    removed !== undefined && `${count(removed)} taken off`,
    alreadyThere > 0 && `${count(alreadyThere)} ${alreadyThere === 1 ? 'was' : 'were'} there already`,
    duplicates > 0 && `${count(duplicates)} twice in the file`,
    rejected > 0 && `${count(rejected)} ${rejected === 1 ? 'row was' : 'rows were'} rejected`,
  ].filter(Boolean);
  return (
    <section class="card summary">
      <FocusedHeading>{file.name}</FocusedHeading>
      <p role="status">
        <b>{people(added)} added</b>
        {more.length > 0 && `; ${more.join(', ')}`}.
      </p>
      <div class="buttons">
        <button type="button" onClick={onOther}>
          Add another file
        </button>
        <a class="button main" href={toOutage(outage.id)}>
          Show the outage
        </a>
      </div>
    </section>
  );
}
