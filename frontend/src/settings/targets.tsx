import type { PolicyShape } from "../protocol/types.generated";
import { can } from "../store/select";
import { t } from "../text/i18n";
import { Link } from "../ui/link";
import { useDesk, useSelect } from "../ui/use-core";
import { Add, byPlace, Handle, useOrdered } from "./ordered";
import { Page, Wrong } from "./page";
import p from "./settings.module.css";
import { TargetPage } from "./target-page";
import { Conditions, Lasting } from "./target-words";
import s from "./targets.module.css";
import { useOrder } from "./use-order";

/** What is promised to whom: all policies in the order in which they are asked, or the one that the address names. */
export function TargetsPage() {
  const item = useDesk(({ route }) => (route.page === "settings" ? route.item : undefined));
  return item ? <TargetPage key={item} id={item} /> : <AllTargets />;
}

const keep = byPlace("/sla-policies");

function AllTargets() {
  const may = useSelect((state) => can(state, "settings"));
  const { items, wrong, says, busy, move, turn } = useOrdered<PolicyShape>({ path: "/sla-policies", keep });
  const add = may && <Add section="targets" label={t("targets.add")} />;
  return (
    <Page title={t("settings.targets")} detail={t("targets.hint")} action={add}>
      <Wrong text={wrong} />
      <span className="sr" role="status">
        {says}
      </span>
      {items && (
        <div className={p.panel}>
          {items.length === 0 ? (
            <p className={`muted ${p.none}`}>{t("targets.none")}</p>
          ) : (
            <Ordered policies={items} may={may} busy={busy} move={move} turn={turn} />
          )}
        </div>
      )}
    </Page>
  );
}

interface OrderedProps {
  policies: readonly PolicyShape[];
  may: boolean;
  busy: boolean;
  move: (from: number, to: number) => void;
  turn: (policy: PolicyShape) => void;
}

/** A table whose rows are dragged, or moved with the arrow keys on their handles. */
function Ordered({ policies, may, busy, move, turn }: OrderedProps) {
  const order = useOrder({ busy, move });
  return (
    <table className={p.cards}>
      <thead>
        <tr>
          {may && (
            <th>
              <span className="sr">{t("targets.order")}</span>
            </th>
          )}
          <th>{t("targets.name")}</th>
          <th>{t("targets.for")}</th>
          <th>{t("targets.first")}</th>
          <th>{t("targets.next")}</th>
          <th>{t("targets.resolution")}</th>
          <th>{t("targets.time")}</th>
          <th>{t("targets.active")}</th>
        </tr>
      </thead>
      <tbody>
        {policies.map((one, at) => (
          <tr
            key={one.id}
            className={[one.active ? "" : p.pale, order.isTarget(at) ? s.target : ""].join(" ")}
            {...order.place(at)}
          >
            {may && (
              <td className={s.handleCell}>
                <Handle name={one.name} at={at} order={order} />
              </td>
            )}
            <td>
              <Link className="strong" to={{ page: "settings", section: "targets", item: one.id }}>
                <bdi>{one.name}</bdi>
              </Link>
            </td>
            <td className={`muted small ${p.cellWords}`} data-label={t("targets.for")}>
              <Conditions policy={one} />
            </td>
            <td className="num nowrap" data-label={t("targets.first")}>
              <Lasting seconds={one.first_response_seconds} time={one.time} />
            </td>
            <td className="num nowrap" data-label={t("targets.next")}>
              <Lasting seconds={one.next_response_seconds} time={one.time} />
            </td>
            <td className="num nowrap" data-label={t("targets.resolution")}>
              <Lasting seconds={one.resolution_seconds} time={one.time} />
            </td>
            <td className="small nowrap" data-label={t("targets.time")}>
              {t(`targets.time.${one.time}`)}
            </td>
            <td data-label={t("targets.active")}>
              <input
                type="checkbox"
                aria-label={t("targets.activeFor", { name: one.name })}
                disabled={!may || busy}
                checked={one.active}
                onChange={() => turn(one)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
