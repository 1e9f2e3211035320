import { useSignal } from "@preact/signals";
import { putSettings, readMe, readSettings } from "../api/calls";
import { ProblemError } from "../api/errors";
import type { Settings } from "../api/types";
import type { ScreenProps } from "../app";
import { t } from "../i18n/messages";
import { ProblemBanner } from "../parts/problem";
import { differencesOf, TheirsAndMine } from "../parts/theirs_and_mine";
import { useTitle } from "../parts/title";
import { useAction } from "../state/action";
import { mineOnTop } from "../state/merge";
import { may, me } from "../state/operator";
import { persisted } from "../state/persisted";
import { useResource } from "../state/resource";
import {
  fieldsOf,
  formOf,
  type SettingName,
  type SettingsForm,
  settingLabel,
  settingText,
} from "./settings/fields";
import { SettingsSections } from "./settings/form";

/** What the operator has changed, and the settings that they have changed. */
interface Draft {
  base: Settings;
  mine: SettingsForm;
}

const draft = persisted<Draft | undefined>("settings.draft", undefined);

export function SettingsScreen(_: ScreenProps) {
  useTitle(t("nav.settings"));
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.settings")}</h1>
      {may.readSettings.value ? <LoadedSettings /> : <p>{t("settings.not_allowed")}</p>}
    </>
  );
}

function LoadedSettings() {
  const found = useResource("", readSettings);
  const settings = found.value.value;
  return (
    <>
      <ProblemBanner error={found.error.value} onRetry={() => void found.reload()} />
      {!settings && found.loading.value && <p role="status">{t("common.loading")}</p>}
      {settings && !may.changeSettings.value && (
        <>
          <p class="banner">{t("settings.read_only")}</p>
          <SettingsSections
            editing={{ form: formOf(settings), onChange: undefined, error: undefined }}
          />
        </>
      )}
      {settings && may.changeSettings.value && (
        <EditedSettings
          stored={settings}
          onStored={stored => {
            found.value.value = stored;
          }}
          reload={found.reload}
        />
      )}
    </>
  );
}

interface EditedProps {
  stored: Settings;
  onStored: (settings: Settings) => void;
  reload: () => Promise<void>;
}

function EditedSettings({ stored, onStored, reload }: EditedProps) {
  const { running, error, run } = useAction();
  const isSaved = useSignal(false);
  const { base, mine } = draft.value ?? { base: stored, mine: formOf(stored) };
  const isStale = base.version !== stored.version;

  const change = (changes: Partial<SettingsForm>) => {
    isSaved.value = false;
    draft.value = { base, mine: { ...mine, ...changes } };
  };
  const save = () =>
    run(async () => {
      try {
        onStored(await putSettings(fieldsOf(mine), base.version));
      } catch (caught) {
        // Somebody else was faster: their settings are shown beside mine.
        if (!(caught instanceof ProblemError && caught.status === 412)) throw caught;
        await reload();
        return;
      }
      draft.value = undefined;
      isSaved.value = true;
      me.value = await readMe();
    });
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (!isStale) void save();
      }}
    >
      {isStale && <Conflict base={base} stored={stored} mine={mine} />}
      <ProblemBanner
        error={error.value}
        onRetry={() => void save()}
        fieldName={pointer => settingLabel(pointer.slice(1))}
      />
      <SettingsSections editing={{ form: mine, onChange: change, error: error.value }} />
      <div class="actions form-end">
        <button
          type="submit"
          class="button primary"
          aria-disabled={running.value || isStale || !draft.value}
        >
          {t("settings.save")}
        </button>
        {draft.value && (
          <button
            type="button"
            class="button"
            onClick={() => {
              draft.value = undefined;
              error.value = undefined;
            }}
          >
            {t("settings.discard")}
          </button>
        )}
        <span role="status">{isSaved.value && t("settings.saved")}</span>
      </div>
    </form>
  );
}

/** The settings that differ from mine, which somebody else has stored meanwhile. */
function Conflict({
  base,
  stored,
  mine,
}: {
  base: Settings;
  stored: Settings;
  mine: SettingsForm;
}) {
  const [before, theirs] = [formOf(base), formOf(stored)];
  const rows = differencesOf({ base: before, theirs, mine }, settingLabel, (settings, field) =>
    settingText(settings, field as SettingName),
  );
  return (
    <TheirsAndMine
      differences={rows}
      onUseTheirs={() => {
        draft.value = undefined;
      }}
      onKeepMine={() => {
        draft.value = { base: stored, mine: mineOnTop(before, theirs, mine) };
      }}
    />
  );
}
