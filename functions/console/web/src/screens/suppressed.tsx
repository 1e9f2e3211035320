import { useSignal } from "@preact/signals";
import { deleteSuppressed, listSuppressed } from "../api/calls";
import type { SuppressedAddress } from "../api/types";
import type { ScreenProps } from "../app";
import { formatInTable } from "../i18n/format";
import { name, t } from "../i18n/messages";
import { Confirm } from "../parts/confirm";
import { Link } from "../parts/link";
import { Pager } from "../parts/pager";
import { ProblemBanner } from "../parts/problem";
import { SearchForm } from "../parts/search_form";
import { TimesIn } from "../parts/times_in";
import { useTitle } from "../parts/title";
import { parameter, setParameters, to } from "../routes";
import { may, organisationZone } from "../state/operator";
import { useResource } from "../state/resource";

const HEADING = "suppressed-heading";

export function SuppressedScreen(_: ScreenProps) {
  useTitle(t("nav.suppressed"));
  return (
    <>
      <h1 id={HEADING} tabIndex={-1}>
        {t("nav.suppressed")}
      </h1>
      {may.isOwner.value ? <SuppressedAddresses /> : <p>{t("suppressed.not_allowed")}</p>}
    </>
  );
}

function SuppressedAddresses() {
  const q = parameter("q");
  const next = parameter("next");
  const list = useResource(`${q ?? ""}\n${next ?? ""}`, signal =>
    listSuppressed(q, { next }, signal),
  );
  const asked = useSignal<SuppressedAddress | undefined>(undefined);
  const taken = useSignal<string | undefined>(undefined);

  const takeOff = async (address: SuppressedAddress) => {
    await deleteSuppressed(address.id);
    taken.value = address.address;
    await list.reload();
  };
  const close = () => {
    asked.value = undefined;
    // The row of the button may be gone.
    if (taken.value) setTimeout(() => document.getElementById(HEADING)?.focus());
  };
  return (
    <>
      <p class="soft">{t("suppressed.about")}</p>
      <SearchForm
        label={t("suppressed.search")}
        value={q}
        onSearch={found => setParameters({ q: found, next: undefined })}
      />
      <p role="status">{taken.value && t("suppressed.taken_off", { address: taken.value })}</p>
      <ProblemBanner error={list.error.value} onRetry={() => void list.reload()} />
      {!list.value.value && list.loading.value && <p role="status">{t("common.loading")}</p>}
      {list.value.value && (
        <>
          <SuppressedTable
            addresses={list.value.value.suppressed}
            onTakeOff={address => {
              taken.value = undefined;
              asked.value = address;
            }}
          />
          <Pager
            label={t("nav.suppressed")}
            list={HEADING}
            current={next}
            next={list.value.value.next}
            rows={list.value.value.suppressed.length}
          />
        </>
      )}
      {asked.value && <TakeOffDialog address={asked.value} onTakeOff={takeOff} onClose={close} />}
    </>
  );
}

interface TableProps {
  addresses: SuppressedAddress[];
  onTakeOff: (address: SuppressedAddress) => void;
}

function SuppressedTable({ addresses, onTakeOff }: TableProps) {
  if (addresses.length === 0) return <p>{t("suppressed.none")}</p>;
  return (
    <>
      <TimesIn zone={organisationZone.value} />
      <div class="table-frame">
        <table class="table stack">
          <caption class="visually-hidden">{t("nav.suppressed")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("suppressed.address")}</th>
              <th scope="col">{t("suppressed.reason")}</th>
              <th scope="col">{t("suppressed.at")}</th>
              <th scope="col">{t("suppressed.users")}</th>
              <th scope="col">
                <span class="visually-hidden">{t("suppressed.take_off")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {addresses.map(address => (
              <SuppressedRow key={address.id} address={address} onTakeOff={onTakeOff} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function SuppressedRow({
  address: one,
  onTakeOff,
}: {
  address: SuppressedAddress;
  onTakeOff: TableProps["onTakeOff"];
}) {
  const { id, address, reason, at, userIds } = one;
  const row = `suppressed-${id}`;
  return (
    <tr>
      <th scope="row" id={row} class="text">
        {address}
      </th>
      <td data-label={t("suppressed.reason")}>
        {reason ? name("suppressionReason", reason) : t("common.unknown")}
      </td>
      <td data-label={t("suppressed.at")}>
        {at ? formatInTable(at, organisationZone.value) : t("common.unknown")}
      </td>
      <td data-label={t("suppressed.users")}>
        {userIds.length === 0 ? (
          t("suppressed.no_user")
        ) : (
          <ul class="inline-list">
            {userIds.map((user, index) => (
              <li key={user}>
                <Link href={to.user(user)}>
                  {userIds.length === 1
                    ? t("suppressed.open_user")
                    : t("suppressed.open_user_number", { number: index + 1 })}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>
        <button type="button" class="button" aria-describedby={row} onClick={() => onTakeOff(one)}>
          {t("suppressed.take_off")}
        </button>
      </td>
    </tr>
  );
}

function TakeOffDialog({
  address,
  onTakeOff,
  onClose,
}: {
  address: SuppressedAddress;
  onTakeOff: (address: SuppressedAddress) => Promise<void>;
  onClose: () => void;
}) {
  return (
    <Confirm
      title={t("suppressed.take_off_title")}
      action={t("suppressed.take_off")}
      onConfirm={() => onTakeOff(address)}
      onClose={onClose}
    >
      <p>{t("suppressed.take_off_question", { address: address.address })}</p>
      {address.reason === "complained" && <p>{t("suppressed.complained_warning")}</p>}
    </Confirm>
  );
}
