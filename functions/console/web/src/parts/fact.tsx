import type { ComponentChildren } from "preact";

/** A thing that is known of a user or of a mail, in a list of them. */
export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
