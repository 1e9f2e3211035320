import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/messages";
import { differences as differing } from "../state/merge";

/** A field that two operators have changed, as texts. */
export interface Difference {
  label: string;
  theirs: string;
  mine: string;
}

/** The fields that somebody else or the operator has changed since `base`. */
export function differencesOf<T extends object>(
  { base, theirs, mine }: { base: T; theirs: T; mine: T },
  label: (field: string) => string,
  text: (thing: T, field: string) => string,
): Difference[] {
  const [byThem, byMe] = [differing(base, theirs), differing(base, mine)];
  const fields = [...new Set([...byThem, ...byMe])];
  const shown = (thing: T, field: string, changed: string[]) =>
    changed.includes(field) ? text(thing, field) || t("common.empty") : t("conflict.unchanged");
  return fields.map(field => ({
    label: label(field),
    theirs: shown(theirs, field, byThem),
    mine: shown(mine, field, byMe),
  }));
}

interface Props {
  differences: Difference[];
  onUseTheirs: () => void;
  onKeepMine: () => void;
}

/** Shows what somebody else has stored meanwhile beside what the operator has entered. It takes the focus when it appears. */
export function TheirsAndMine({ differences, onUseTheirs, onKeepMine }: Props) {
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => banner.current?.focus(), []);
  return (
    <div class="banner warning" role="alert" tabIndex={-1} ref={banner}>
      <p>{t("conflict.text")}</p>
      {differences.length > 0 && (
        <div class="table-frame">
          <table class="table stack">
            <caption class="visually-hidden">{t("conflict.caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("conflict.field")}</th>
                <th scope="col">{t("conflict.theirs")}</th>
                <th scope="col">{t("conflict.mine")}</th>
              </tr>
            </thead>
            <tbody>
              {differences.map(({ label, theirs, mine }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td class="text" data-label={t("conflict.theirs")}>
                    {theirs}
                  </td>
                  <td class="text" data-label={t("conflict.mine")}>
                    {mine}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="actions">
        <button type="button" class="button" onClick={onUseTheirs}>
          {t("conflict.use_theirs")}
        </button>
        <button type="button" class="button" onClick={onKeepMine}>
          {t("conflict.keep_mine")}
        </button>
      </div>
    </div>
  );
}
