import { useRef, useState } from 'preact/hooks';
import { Question } from './question.tsx';

type Props = { readonly onGo: () => void; readonly onClose: () => void };

/** Asks twice before an outage is declared as an emergency. */
export function Emergency({ onGo, onClose }: Props) {
  const [isSure, setSure] = useState(false);
  // The first question reports its end after the second one has begun.
  const goesOn = useRef(false);
  if (isSure) {
    return (
      <Question
        key="second"
        title="Are lives at stake?"
        go="Declare the emergency"
        isDangerous
        onGo={onGo}
        onClose={onClose}
      >
        <p>If not, take the mark off: everybody is called all the same, within the limits.</p>
      </Question>
    );
  }
  return (
    <Question
      key="first"
      title="Declare an emergency?"
      go="It is an emergency"
      isDangerous
      onGo={() => {
        goesOn.current = true;
        setSure(true);
      }}
      onClose={() => {
        if (!goesOn.current) onClose();
      }}
    >
      <p>
        An emergency is served before other outages. It calls people who were called too often today, and goes on when
        the calls of the day are used up. The log says that it was declared.
      </p>
    </Question>
  );
}
