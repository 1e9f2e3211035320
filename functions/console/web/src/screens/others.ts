/** The screens that are loaded when one of them is opened: all at once, so that they share few files with the page. */

export { AuditScreen } from "./audit";
export { ImportScreen } from "./import";
export { PeopleScreen } from "./people";
export { ResendScreen } from "./resend";
export { ResendsScreen } from "./resends";
export { SettingsScreen } from "./settings";
export { SuppressedScreen } from "./suppressed";
export { TemplateScreen } from "./template";
export { TemplatesScreen } from "./templates";
