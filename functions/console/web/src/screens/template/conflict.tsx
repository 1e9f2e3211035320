import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { TheirsAndMine } from "../../parts/theirs_and_mine";
import {
  type Differing,
  differing,
  differingLines,
  type TemplateForm,
} from "../../state/template_draft";

interface Props {
  theirs: TemplateForm;
  mine: TemplateForm;
  onUseTheirs: () => void;
  onKeepMine: () => void;
}

/** The languages and parts that somebody else has stored differently meanwhile. */
export function Conflict({ theirs, mine, ...choices }: Props) {
  const rows = differing(theirs, mine).map(one => ({
    label: labelOf(one),
    ...differingLines(one.theirs, one.mine),
  }));
  return <TheirsAndMine differences={rows} {...choices} />;
}

function labelOf({ language, part }: Differing): string {
  if (part === "name" || !language) return t("templates.name");
  return `${languageName(language)} · ${t(`editor.${part}`)}`;
}
