import type { ComponentChildren } from 'preact';

/** The heading of a view: where the focus goes when the view changes. */
export function Title({ children }: { children: ComponentChildren }) {
  return (
    <h1 id="title" class="wrap" tabIndex={-1}>
      {children}
    </h1>
  );
}
