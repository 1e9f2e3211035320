import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import type { Preview, Resend, User } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { noticeText, ProblemBanner, ruleText } from "../../parts/problem";
import { canResolveInDialog, canResolveInDirectory, remedyText } from "../../parts/remedies";
import { parameter, setParameters, to } from "../../routes";
import { may, organisationZone } from "../../state/operator";
import type { Resource } from "../../state/resource";
import { hasEnded, isStarting } from "../resend/figures";
import { outcomeText } from "../resend/outcome";
import { useResend } from "../resend/use_resend";
import { ResendDialog } from "../resend_dialog";
import { preloadBasics } from "../resend_dialog/basics";
import { Unblock } from "./unblock";

/** With `recently_invited` a preview says when the cooldown ends. */
type Excluded = Preview["excluded"][number] & { until?: string };

interface Props {
  user: User;
  /** Whether the user would get an invitation now. */
  check: Resource<Preview | undefined>;
  onUnblocked: () => void;
  /** Called when a resend to the user was made, and when it has ended. */
  onChanged: () => void;
}

/** The button that invites this user again. A reason against it stands beside it before it is pressed. */
export function ResendCard({ user, check, onUnblocked, onChanged }: Props) {
  const heading = useId();
  const made = useSignal<Resend | undefined>(undefined);
  const isWaived = useSignal(false);
  const isUnblocked = useSignal(false);
  useEffect(() => {
    if (may.resend.value) preloadBasics();
  }, []);

  const close = () => setParameters({ dialog: undefined, cooldown: undefined });
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("users.resend")}</h2>
      <div role="status">
        {made.value && (
          <Made
            resend={made.value}
            onMoved={resend => {
              const isLast = hasEnded(resend) && made.value && !hasEnded(made.value);
              made.value = resend;
              if (!isLast) return;
              // The judgement until now counts the mail that was just sent as waiting.
              check.value.value = undefined;
              onChanged();
            }}
          />
        )}
        {isUnblocked.value && <p class="banner good">{t("user.unblocked")}</p>}
      </div>
      <ProblemBanner error={check.error.value} onRetry={() => void check.reload()} />
      {may.resend.value ? (
        <Judgement
          user={user}
          check={check}
          isUnderWay={made.value !== undefined && isUnderWay(made.value)}
          isWaived={isWaived.value}
          onWaive={waived => {
            isWaived.value = waived;
          }}
        />
      ) : (
        <p>{t("user.view_only")}</p>
      )}
      {user.suppressed && may.isOwner.value && (
        <Unblock
          user={user}
          onUnblocked={() => {
            isUnblocked.value = true;
            onUnblocked();
          }}
        />
      )}
      {may.resend.value && parameter("dialog") === "resend" && (
        <ResendDialog
          source={{ kind: "user", user, ignoreCooldown: parameter("cooldown") === "waived" }}
          onClose={close}
          onCreated={resend => {
            close();
            made.value = resend;
            isWaived.value = false;
            onChanged();
          }}
        />
      )}
    </section>
  );
}

/** The resend that was made here, followed to its end. */
function Made({ resend, onMoved }: { resend: Resend; onMoved: (resend: Resend) => void }) {
  const watched = useResend(resend.id).resource.value.value;
  useEffect(() => {
    if (watched) onMoved(watched);
  }, [watched?.version]);
  const outcome = hasEnded(resend) ? outcomeText(resend.counts) : undefined;
  return (
    <p class="banner good">
      {t("user.resend_created")} {outcome && `${t("resend.is_completed", { outcome })} `}
      <Link href={to.resend(resend.id)}>{t("user.resend_link")}</Link>
    </p>
  );
}

/** Whether a resend has begun and not ended, or begins at once. */
function isUnderWay(resend: Resend): boolean {
  if (resend.state === "scheduled") return isStarting(resend, Date.now());
  return !hasEnded(resend) && resend.state !== "paused";
}

interface JudgementProps {
  user: User;
  check: Props["check"];
  /** Whether a mail to the user is on its way. */
  isUnderWay: boolean;
  isWaived: boolean;
  onWaive: (isWaived: boolean) => void;
}

function Judgement({ user, check, isUnderWay, isWaived, onWaive }: JudgementProps) {
  const words = useId();
  const preview = check.value.value;
  const excluded: Excluded | undefined = preview?.excluded.find(one => one.userId === user.id);
  const isOffered = !isUnderWay && (!excluded || canResolveInDialog(excluded.reason, user));
  const canWaive = excluded?.reason === "recently_invited";
  const getsIt = !excluded || (canWaive && isWaived);
  const open = () => {
    if (!isOffered) return;
    setParameters({ dialog: "resend", cooldown: isWaived ? "waived" : undefined });
  };
  return (
    <>
      <div id={words} role="status">
        {isUnderWay ? (
          <p>{t("user.under_way")}</p>
        ) : (
          <>
            {!preview && check.loading.value && <p class="soft">{t("user.checking")}</p>}
            {excluded && !getsIt && <ExcludedWords user={user} excluded={excluded} />}
            {excluded && getsIt && <p>{t("user.waived")}</p>}
            {preview && !excluded && <p>{t("user.eligible")}</p>}
            {preview?.notices.map((notice, index) => (
              <p key={index} class="hint">
                {noticeText(notice)}
              </p>
            ))}
          </>
        )}
      </div>
      {canWaive && (
        <label class="choice">
          <input
            type="checkbox"
            checked={isWaived}
            onChange={event => onWaive(event.currentTarget.checked)}
          />
          {t("user.waive")}
        </label>
      )}
      <div class="actions">
        <button
          type="button"
          class="button primary"
          aria-describedby={words}
          aria-disabled={!isOffered}
          onClick={open}
        >
          {t("users.resend")}
        </button>
      </div>
    </>
  );
}

function ExcludedWords({ user, excluded }: { user: User; excluded: Excluded }) {
  const { reason, defect, until } = excluded;
  const zone = organisationZone.value;
  return (
    <>
      <p class="excluded-reason">{t("user.excluded", { reason: name("reason", reason) })}</p>
      {defect && <p>{ruleText(defect)}</p>}
      {until && <p>{t("user.until", { at: formatZoned(until, zone) })}</p>}
      <p>
        {remedyText(reason, user)}{" "}
        {canResolveInDirectory(reason) && (
          <Link href={`${to.people()}?user=${encodeURIComponent(user.id)}`}>
            {t("user.change_user")}
          </Link>
        )}
      </p>
    </>
  );
}
