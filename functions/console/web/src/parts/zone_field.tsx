import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { language, t } from "../i18n/messages";
import { namedZones } from "../i18n/zone_names";
import { enteredZone, shownSuggestions } from "../state/zones";
import { Field } from "./field";

interface Props {
  value: string;
  error: string | undefined;
  /** Takes what is typed, such as a part of a name. */
  onInput: (text: string) => void;
  /** Takes the zone that is chosen, or that the text means in the end; `undefined` if it is there already, or none is meant. */
  onEnter: (zone: string | undefined) => void;
}

/** A time zone, typed by any of its names. Zones are suggested meanwhile, and the arrows choose one. */
export function ZoneField({ value, error, onInput, onEnter }: Props) {
  const isOpen = useSignal(false);
  const active = useSignal(-1);
  const list = useId();
  const suggestions = isOpen.value ? shownSuggestions(value, namedZones.value) : [];
  const listed = suggestions.map(({ zone }) => zone).join();
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow screen the list would lie behind the footer of the dialog.
    const option = popup.current?.children[active.value];
    if (listed) (option ?? popup.current)?.scrollIntoView({ block: "nearest" });
  }, [listed, active.value]);

  const optionId = (index: number) => `${list}-${index}`;

  const show = (open: boolean) => {
    isOpen.value = open;
    active.value = -1;
  };
  const enter = (zone: string | undefined) => {
    show(false);
    onEnter(zone === value ? undefined : zone);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const count = suggestions.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen.value) show(true);
      else if (count > 0) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        active.value =
          active.value < 0 && step < 0 ? count - 1 : (active.value + step + count) % count;
      }
    } else if (count > 0 && event.key === "Enter") {
      event.preventDefault();
      const meant = suggestions[active.value]?.zone ?? enteredZone(value, namedZones.value);
      if (meant) enter(meant);
    } else if (count > 0 && event.key === "Escape") {
      // Esc closes this list, and not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  };
  return (
    <Field
      label={t("start.zone")}
      hint={t("start.zone_hint")}
      error={suggestions.length > 0 ? undefined : error}
      pointer="/timeZone"
    >
      {attributes => (
        <div class="zone-field">
          <input
            {...attributes}
            class="input"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={suggestions.length > 0}
            aria-controls={list}
            aria-activedescendant={active.value < 0 ? undefined : optionId(active.value)}
            autocomplete="off"
            spellcheck={false}
            value={value}
            onInput={event => {
              show(true);
              onInput(event.currentTarget.value);
            }}
            onClick={() => show(true)}
            onKeyDown={onKeyDown}
            onFocus={event => event.currentTarget.select()}
            onBlur={() => enter(enteredZone(value, namedZones.value))}
          />
          <div
            id={list}
            ref={popup}
            class="zone-list"
            role="listbox"
            aria-label={t("start.zone_suggestions")}
            hidden={suggestions.length === 0}
          >
            {suggestions.map(({ zone, names }, index) => {
              const [first, ...others] =
                language.value === "ja" ? [...names, zone] : [zone, ...names];
              return (
                <div
                  key={zone}
                  id={optionId(index)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === active.value}
                  onMouseDown={event => event.preventDefault()}
                  onClick={() => enter(zone)}
                >
                  {first} <span class="soft">{others.join(" · ")}</span>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </Field>
  );
}
