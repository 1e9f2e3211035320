import { useSignal } from "@preact/signals";
import { listVariables, readTemplate } from "../api/calls";
import type { Template, Variable } from "../api/types";
import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";
import { firstLanguage } from "../parts/first_language";
import { Link } from "../parts/link";
import { Loaded } from "../parts/loaded";
import { MailEditor } from "../parts/mail_editor";
import { useTitle } from "../parts/title";
import { to } from "../routes";
import { may } from "../state/operator";
import { useResource } from "../state/resource";
import { shownTemplateName } from "../state/shown_name";
import { formOf, isBuiltIn } from "../state/template_draft";
import { EditedTemplate } from "./template/edited_template";
import { LanguageTabs } from "./template/language_tabs";
import { TestMail } from "./template/test_mail";

export function TemplateScreen({ id = "" }: ScreenProps) {
  const template = useResource(id, signal => readTemplate(id, signal));
  const variables = useResource("variables", listVariables);
  const stored = template.value.value;
  const title = stored ? shownTemplateName(stored) : t("nav.templates");
  useTitle(title);

  return (
    <>
      <p>
        <Link href={to.templates()}>{t("template.back")}</Link>
      </p>
      <h1 tabIndex={-1}>{title}</h1>
      <Loaded found={template}>
        {found =>
          may.editTemplates.value && !isBuiltIn(id) ? (
            <EditedTemplate
              stored={found}
              variables={variables.value.value ?? []}
              onStored={next => {
                template.value.value = next;
              }}
              reload={template.reload}
            />
          ) : (
            <ReadTemplate template={found} variables={variables.value.value ?? []} />
          )
        }
      </Loaded>
    </>
  );
}

function ReadTemplate({ template, variables }: { template: Template; variables: Variable[] }) {
  const { sources } = formOf(template);
  const language = useSignal(firstLanguage(Object.keys(sources)));
  const source = sources[language.value];
  return (
    <>
      <div class="banner">
        {may.editTemplates.value ? (
          <p>
            {t("template.built_in")}{" "}
            <Link href={`${to.templates()}?new=1&from=${encodeURIComponent(template.id)}`}>
              {t("template.copy")}
            </Link>
          </p>
        ) : (
          <p>{t("template.read_only")}</p>
        )}
      </div>
      <LanguageTabs
        languages={Object.keys(sources)}
        chosen={language.value}
        onChoose={chosen => {
          language.value = chosen;
        }}
      >
        {source && (
          <MailEditor
            key={language.value}
            value={source}
            onChange={() => {}}
            findings={[]}
            variables={variables}
            language={language.value}
            historyKey={`${template.id}/${language.value}/read`}
            isReadOnly
          />
        )}
      </LanguageTabs>
      {may.editTemplates.value && (
        <TestMail template={template} language={language.value} isChanged={false} />
      )}
    </>
  );
}
