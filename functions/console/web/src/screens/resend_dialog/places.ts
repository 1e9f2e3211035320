/** The places of a request in the dialog: the name of each, and the way to it. */

import type { FieldError } from "../../api/errors";
import { t } from "../../i18n/messages";
import type { Model } from "./model";
import { goToSection, type SectionName } from "./section";

/** The section of a place, by the first part of its pointer. */
const SECTIONS: Record<string, SectionName> = {
  selection: "recipients",
  leaveOut: "recipients",
  ignoreCooldown: "recipients",
  passwordChangeByUser: "recipients",
  templateId: "mail",
  edit: "mail",
  note: "mail",
  startAt: "start",
  timeZone: "start",
  passwordChange: "passwords",
  changeForLoggedIn: "passwords",
  earlierLinks: "passwords",
};

function sectionOf(pointer: string): SectionName | undefined {
  return SECTIONS[pointer.split("/")[1] ?? ""];
}

/** The name of the section that a pointer leads to. */
export function placeName(pointer: string): string | undefined {
  switch (sectionOf(pointer)) {
    case "recipients":
      return t("recipients.title");
    case "mail":
      return t("dialog.mail");
    case "start":
      return t("start.title");
    case "passwords":
      return t("passwords.title");
    default:
      return undefined;
  }
}

/** Leads to the control of an error: a line of the editor, a field, or the section. */
export function goToPlace(model: Model, error: Pick<FieldError, "pointer" | "line" | "column">) {
  const pointer = error.pointer ?? "";
  if (pointer.startsWith("/edit") && model.draft.edit) {
    model.goToEdit.value = { pointer, line: error.line, column: Number(error.column) || undefined };
    return;
  }

  const control = document.querySelector<HTMLElement>(
    `.resend-dialog [data-pointer="${CSS.escape(pointer)}"]`,
  );
  if (control) {
    control.focus();
    return;
  }
  const section = sectionOf(pointer);
  if (section) goToSection(section);
}
