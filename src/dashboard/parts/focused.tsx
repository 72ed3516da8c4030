import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A heading that takes the focus when it appears, because what had the focus is gone. */
export function FocusedHeading({ children }: { readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h2 ref={heading} tabIndex={-1} class="focused">
      {children}
    </h2>
  );
}
