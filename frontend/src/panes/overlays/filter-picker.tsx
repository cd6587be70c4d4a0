import { narrow } from "../../commands/navigate";
import type { Core } from "../../core";
import { currentList } from "../../store/desk";
import { type Filter, type FilterField, NO_FILTER, SORTS, type Sort, withCondition } from "../../store/filter";
import { sortOf } from "../../store/lists";
import type { State } from "../../store/state";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { AgentFace, NetworkBadge } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { tagColour } from "../../ui/marks";
import { useCore, useDesk, useSelect } from "../../ui/use-core";
import {
  fieldIcon,
  fieldLabel,
  OFFERED,
  sortLabel,
  type Value,
  valueLabel,
  valuesOf,
} from "../conversations/filter-words";

interface Present {
  core: Core;
  state: State;
  filter: Filter;
  sort: Sort | null;
}

function usePresent(): Present {
  const core = useCore();
  const state = useSelect((all) => all);
  const route = useDesk((desk) => desk.route);
  const filter = ("filter" in route && route.filter) || NO_FILTER;
  const sort = (route.page === "desk" && route.sort) || null;
  return { core, state, filter, sort };
}

function choicesOf(field: FilterField, { core, state, filter, sort }: Present): Choice[] {
  return valuesOf(field, state).map((value) => {
    const on = filter[field] === value.id;
    return {
      id: `${field}-${value.id}`,
      label: value.label,
      group: fieldLabel(field),
      lead: <Lead value={value} />,
      detail: on ? <Icon name="check" size="s" label={t("filter.on")} /> : undefined,
      run: () => narrow(core, withCondition(filter, field, on ? null : value.id), sort),
    };
  });
}

function Lead({ value }: { value: Value }) {
  if (value.channel) return <ChannelBadge id={value.channel} />;
  if (value.network) return <NetworkBadge network={value.network} />;
  if (value.agent) return <AgentFace id={value.agent} />;
  if (value.colour) {
    return (
      <span style={{ width: 10, height: 10, borderRadius: 3, background: tagColour(value.colour), flex: "none" }} />
    );
  }
  return value.icon ? <Icon name={value.icon} /> : null;
}

function ChannelBadge({ id }: { id: string }) {
  const network = useSelect((state) => state.channels[id]?.network ?? "");
  return <NetworkBadge network={network} channelId={id} />;
}

/** First the fields; whoever types finds the values of all of them at once. */
export function FilterPicker({ close }: { close: () => void }) {
  const present = usePresent();
  const { core, state, filter } = present;
  const every = OFFERED.flatMap((field) => choicesOf(field, present));
  const fields: Choice[] = OFFERED.map((field) => ({
    id: field,
    label: fieldLabel(field),
    icon: fieldIcon(field),
    detail: filter[field] && valueLabel(field, filter[field], state),
    run: () => core.show({ picker: `filter:${field}` }),
  }));
  fields.push({
    id: "condition",
    label: t("cmd.condition"),
    icon: "filter",
    run: () => core.show({ picker: "condition" }),
  });
  const values = (text: string): Choice[] => {
    const words = text.trim().toLocaleLowerCase();
    return words ? every.filter((choice) => choice.label.toLocaleLowerCase().includes(words)) : [];
  };
  return (
    <Chooser
      label={t("cmd.filter")}
      placeholder={t("filter.ask")}
      choices={fields}
      typed={values}
      typedLast
      close={close}
    />
  );
}

export function ValuePicker({ field, close }: { field: FilterField; close: () => void }) {
  const choices = choicesOf(field, usePresent()).map((choice) => ({ ...choice, group: undefined }));
  return <Chooser label={fieldLabel(field)} choices={choices} close={close} />;
}

export function SortPicker({ close }: { close: () => void }) {
  const { core, state, filter } = usePresent();
  const now = sortOf(useDesk(currentList), state);
  const choices: Choice[] = SORTS.map((sort) => ({
    id: sort,
    label: sortLabel(sort),
    icon: "sort",
    detail: sort === now ? <Icon name="check" size="s" label={t("filter.on")} /> : undefined,
    run: () => narrow(core, filter, sort),
  }));
  return <Chooser label={t("sort.label")} choices={choices} close={close} />;
}
