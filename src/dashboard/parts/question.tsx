import type { ComponentChildren } from 'preact';
import { closeAround, Dialog } from './dialog.tsx';

type Props = {
  readonly title: string;
  readonly go: string;
  readonly isDangerous?: boolean;
  readonly onGo: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

/** Asks before something is done. The focus is first on the button that does nothing. */
export function Question({ title, go, isDangerous = false, onGo, onClose, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <div class="buttons">
        <button type="button" data-focus onClick={(event) => closeAround(event.currentTarget)}>
          Not now
        </button>
        <button
          type="button"
          class={isDangerous ? 'danger main' : 'main'}
          onClick={(event) => {
            closeAround(event.currentTarget);
            onGo();
          }}
        >
          {go}
        </button>
      </div>
    </Dialog>
  );
}
