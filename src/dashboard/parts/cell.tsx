import type { ComponentChildren } from 'preact';

/** A cell that carries its own label on narrow screens. */
export const Cell = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  <td data-label={label} class={children ? '' : 'none'}>
    {children || '–'}
  </td>
);
