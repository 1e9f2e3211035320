import type { ComponentChildren } from "preact";
import { languageName } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { Tabs } from "../../parts/tabs";

interface Props {
  languages: string[];
  chosen: string;
  onChoose: (language: string) => void;
  children: ComponentChildren;
}

/** A tab for each language of a template. */
export function LanguageTabs({ languages, chosen, onChoose, children }: Props) {
  return (
    <Tabs
      label={t("template.languages")}
      tabs={languages.map(tag => ({
        key: tag,
        label: t("template.language_tag", { language: languageName(tag), tag }),
      }))}
      chosen={chosen}
      onChoose={onChoose}
    >
      {children}
    </Tabs>
  );
}
