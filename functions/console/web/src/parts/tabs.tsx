import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

export interface Tab {
  key: string;
  label: ComponentChildren;
}

interface Props {
  label: string;
  tabs: Tab[];
  chosen: string;
  onChoose: (key: string) => void;
  children: ComponentChildren;
}

/** Tabs with one panel. The arrows choose a tab. */
export function Tabs({ label, tabs, chosen, onChoose, children }: Props) {
  const id = useId();
  const step = (by: number) => {
    const index = tabs.findIndex(tab => tab.key === chosen);
    const next = tabs[(index + by + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(by);
  };

  // A chosen tab that a narrow screen has no room for is scrolled to.
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tab = document.getElementById(`${id}-${chosen}`);
    if (!list.current || !tab) return;
    const { left, right } = list.current.getBoundingClientRect();
    const place = tab.getBoundingClientRect();
    if (place.right > right) list.current.scrollLeft += place.right - right;
    if (place.left < left) list.current.scrollLeft -= left - place.left;
  }, [chosen]);

  return (
    <div class="tabs">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        class="tab-list scrolls"
        onKeyDown={onKeyDown}
      >
        {tabs.map(tab => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-${tab.key}`}
            class="tab"
            aria-selected={tab.key === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.key === chosen ? 0 : -1}
            onClick={() => onChoose(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`} class="tab-panel">
        {children}
      </div>
    </div>
  );
}
