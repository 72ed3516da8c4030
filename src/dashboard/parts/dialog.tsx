import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
};

/**
 * A modal dialog. The browser keeps the focus inside, closes it with Escape, and restores the focus. The element with
 * `data-focus` has the focus first; without one the first field has it, and without a field the button that closes it.
 */
export function Dialog({ title, onClose, wide = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    dialog.current?.showModal();
    firstIn(dialog.current)?.focus();
  }, []);
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby={id} onClose={onClose}>
      <div class="dialog-title">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="quiet close"
          aria-label="Close"
          onClick={(event) => closeAround(event.currentTarget)}
        >
          <span aria-hidden="true">×</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}

const firstIn = (dialog: HTMLDialogElement | null): HTMLElement | null | undefined =>
  dialog?.querySelector<HTMLElement>('[data-focus]') ?? dialog?.querySelector<HTMLElement>('input, textarea, select');

/** Closes the dialog around the element. Removing the dialog from the page instead would lose the focus. */
export const closeAround = (element: Element): void => element.closest('dialog')?.close();
