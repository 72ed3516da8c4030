import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api.ts';
import { isSameMapping, type Mapping, recalled, remember } from '../columns.ts';
import { addList, checkList, type Mode, rejectedRowsOf } from '../list-client.ts';
import type { ImportReport, ListCheck, Outage } from '../types.ts';
import { CheckResult, Rejected } from './list-check.tsx';
import { ListColumns } from './list-columns.tsx';
import { ListReport } from './list-report.tsx';
import { ListSummary } from './list-summary.tsx';
import { Problem } from './trouble.tsx';

type Props = {
  readonly outage: Outage;
  readonly file: File;
  /** The person wants to choose another file. */
  readonly onOther: () => void;
};

type Work = { readonly does: 'Checking' | 'Adding'; readonly share: number };

/** Checks a list, lets people say what its columns are, and adds it when they say so. */
export function ListIntake({ outage, file, onOther }: Props) {
  const [mapping, setMapping] = useState<Mapping>({});
  const [check, setCheck] = useState<ListCheck>();
  const [report, setReport] = useState<ImportReport>();
  const [work, setWork] = useState<Work>();
  const [refusal, setRefusal] = useState<Refusal>();
  /** Of several checks the last counts. */
  const checks = useRef(0);
  const list = { outageId: outage.id, file, mapping };

  const working = async (does: Work['does'], doIt: (progress: (share: number) => void) => Promise<void>) => {
    setWork({ does, share: 0 });
    setRefusal(undefined);
    try {
      await doIt((share) => setWork({ does, share }));
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
    setWork(undefined);
  };

  const checkWith = (given: Mapping, recall: typeof recalled | undefined) => {
    const mine = ++checks.current;
    return working('Checking', async (progress) => {
      let [used, found] = [given, await checkList({ ...list, mapping: given }, progress)];
      const before = await recall?.(found.columns);
      if (before && !isSameMapping(before, found.columns)) {
        [used, found] = [before, await checkList({ ...list, mapping: before }, progress)];
      }
      if (mine !== checks.current) return;
      setMapping(used);
      setCheck(found);
    });
  };

  const add = (mode: Mode) =>
    working('Adding', async (progress) => {
      setReport(await addList(list, mode, progress));
      if (check) await remember(check.columns);
    });

  useEffect(() => {
    void checkWith({}, recalled);
  }, [file]);

  const load = (): Promise<Blob> => rejectedRowsOf(list);
  if (report) {
    return (
      <>
        <ListReport outage={outage} file={file} report={report} onOther={onOther} />
        <Rejected check={report} load={load} />
      </>
    );
  }
  return (
    <>
      <ListSummary outage={outage} file={file} check={check} isBusy={work !== undefined} onAdd={add} onOther={onOther}>
        {work && <Progress file={file} work={work} />}
        {refusal && <Problem refusal={refusal} />}
      </ListSummary>
      {check && work?.does !== 'Adding' && (
        <>
          <ListColumns check={check} onChange={(changed) => void checkWith(changed, undefined)} />
          {!check.unclear && <CheckResult check={check} load={load} />}
        </>
      )}
    </>
  );
}

/** Sent in full, the list is being read: that takes a while, and nobody knows how long. */
function Progress({ file, work: { does, share } }: { readonly file: File; readonly work: Work }) {
  return (
    <>
      <p>
        {does} {file.name}
      </p>
      <progress max={1} {...(share < 1 && { value: share })} aria-label={`${does} the list`} />
    </>
  );
}
