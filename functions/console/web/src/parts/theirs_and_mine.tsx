import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/messages";

/** A field that two operators have changed, as texts. */
export interface Difference {
  label: string;
  theirs: string;
  mine: string;
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
                    {theirs || t("common.empty")}
                  </td>
                  <td class="text" data-label={t("conflict.mine")}>
                    {mine || t("common.empty")}
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
