import type { ComponentChildren } from "preact";

export type SectionName = "recipients" | "mail" | "start" | "passwords";

/** The id of a section's heading, which takes the focus when something leads to the section. */
function headingId(name: SectionName): string {
  return `resend-${name}`;
}

/** Brings a section into view, and the focus to a control in it or to its heading. */
export function goToSection(name: SectionName, selector?: string): void {
  const heading = document.getElementById(headingId(name));
  const control = selector && heading?.parentElement?.querySelector<HTMLElement>(selector);
  heading?.scrollIntoView({ block: "start" });
  (control || heading)?.focus();
}

/** One part of the dialog with its heading. */
export function Section({
  name,
  title,
  children,
}: {
  name: SectionName;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <section class="dialog-section" aria-labelledby={headingId(name)}>
      <h3 id={headingId(name)} tabIndex={-1}>
        {title}
      </h3>
      {children}
    </section>
  );
}
