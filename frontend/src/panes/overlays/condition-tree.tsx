import { useState } from "react";
import {
  type GroupNode,
  isGroup,
  MAX_DEPTH,
  type Node,
  newGroup,
  newTest,
  type Op,
  replaced,
  type TestNode,
  type Value,
  WITHOUT_VALUE,
} from "../../store/condition";
import { t } from "../../text/i18n";
import { Icon } from "../../ui/icon";
import s from "./condition-builder.module.css";
import { type BuilderField, OPS } from "./condition-fields";

interface Props {
  tree: GroupNode;
  fields: readonly BuilderField[];
  change: (tree: GroupNode) => void;
}

/** Conditions inside conditions, row by row: what a filter, a view or a rule asks. */
export function ConditionTree({ tree, fields, change }: Props) {
  return <Group group={tree} depth={1} fields={fields} change={change} tree={tree} />;
}

interface NodeProps extends Props {
  depth: number;
}

function Group({ group, tree, depth, fields, change }: NodeProps & { group: GroupNode }) {
  const put = (node: Node | null) => change(replaced(tree, group.id, node));
  const add = (node: Node) => put({ ...group, nodes: [...group.nodes, node] });
  return (
    <fieldset className={s.group} data-join={group.join}>
      <legend className={s.legend}>
        <select
          className="input"
          aria-label={t("cond.join")}
          value={group.join}
          onChange={(event) => put({ ...group, join: event.target.value as GroupNode["join"] })}
        >
          <option value="all">{t("cond.all")}</option>
          <option value="any">{t("cond.any")}</option>
          <option value="not">{t("cond.not")}</option>
        </select>
        {depth > 1 && <Remove run={() => put(null)} />}
      </legend>
      {group.nodes.map((node) =>
        isGroup(node) ? (
          <Group key={node.id} group={node} tree={tree} depth={depth + 1} fields={fields} change={change} />
        ) : (
          <Row key={node.id} test={node} tree={tree} depth={depth} fields={fields} change={change} />
        ),
      )}
      <div className="flex" style={{ gap: 6 }}>
        <button type="button" className="btn ghost sm" onClick={() => add(newTest("tag", "any_of", []))}>
          <Icon name="plus" size="xs" />
          {t("cond.addTest")}
        </button>
        {depth < MAX_DEPTH && (
          <button
            type="button"
            className="btn ghost sm"
            onClick={() => add(newGroup(group.join === "any" ? "all" : "any", [newTest("tag", "any_of", [])]))}
          >
            <Icon name="plus" size="xs" />
            {t("cond.addGroup")}
          </button>
        )}
      </div>
    </fieldset>
  );
}

function Remove({ run }: { run: () => void }) {
  return (
    <button type="button" className="btn ghost sm icon-only" aria-label={t("remove")} title={t("remove")} onClick={run}>
      <Icon name="x" size="xs" />
    </button>
  );
}

function Row({ test, tree, fields, change }: NodeProps & { test: TestNode }) {
  const put = (node: Node | null) => change(replaced(tree, test.id, node));
  const field = fields.find((one) => one.name === test.field);
  // A field that is gone by now, or that only rules know, stays as it was written.
  const kind = field?.kind ?? "text";
  const ops = OPS[kind].includes(test.op) ? OPS[kind] : [test.op, ...OPS[kind]];
  const choose = (name: string) => {
    const next = fields.find((one) => one.name === name);
    const op = OPS[next?.kind ?? "text"][0] ?? "is";
    put(newTest(name, op, blank(next, op)));
  };
  const setOp = (op: Op) => {
    const listed = (one: Op) => LISTS.has(one);
    put({
      ...test,
      op,
      value: listed(op) === listed(test.op) && !WITHOUT_VALUE.has(test.op) ? test.value : blank(field, op),
    });
  };
  return (
    <div className={s.row}>
      <select
        className="input"
        aria-label={t("cond.field")}
        value={test.field}
        onChange={(e) => choose(e.target.value)}
      >
        {!field && <option value={test.field}>{test.field}</option>}
        <Fields fields={fields} />
      </select>
      <select className="input" aria-label={t("cond.op")} value={test.op} onChange={(e) => setOp(e.target.value as Op)}>
        {ops.map((op) => (
          <option key={op} value={op}>
            {t(`cond.op.${op}`)}
          </option>
        ))}
      </select>
      {WITHOUT_VALUE.has(test.op) ? (
        <span />
      ) : (
        <ValueOf test={test} field={field} put={(value) => put({ ...test, value })} />
      )}
      <Remove run={() => put(null)} />
    </div>
  );
}

const LISTS: ReadonlySet<Op> = new Set(["any_of", "none_of", "has_words", "has_not_words"]);

/** The fields to choose from, under the heads of what they are of where they have any. */
function Fields({ fields }: { fields: readonly BuilderField[] }) {
  const option = (one: BuilderField) => (
    <option key={one.name} value={one.name}>
      {one.label}
    </option>
  );
  const heads = [...new Set(fields.map((one) => one.of))];
  return heads.map((head) => {
    const below = fields.filter((one) => one.of === head).map(option);
    return head ? (
      <optgroup key={head} label={head}>
        {below}
      </optgroup>
    ) : (
      below
    );
  });
}

function blank(field: BuilderField | undefined, op: Op): Value {
  if (WITHOUT_VALUE.has(op)) return null;
  if (field?.kind === "flag") return true;
  if (LISTS.has(op)) return [];
  return field?.kind === "rank" ? (field.values?.[0]?.id ?? null) : null;
}

interface ValueProps {
  test: TestNode;
  field: BuilderField | undefined;
  put: (value: Value) => void;
}

function ValueOf({ test, field, put }: ValueProps) {
  if (Array.isArray(test.value)) return <Several chosen={test.value.map(String)} field={field} put={put} />;
  if (field?.kind === "flag")
    return (
      <select
        className="input"
        aria-label={t("cond.value")}
        value={String(test.value !== false)}
        onChange={(e) => put(e.target.value === "true")}
      >
        <option value="true">{t("person.yes")}</option>
        <option value="false">{t("person.no")}</option>
      </select>
    );
  if (field?.values)
    return (
      <select
        className="input"
        aria-label={t("cond.value")}
        value={String(test.value ?? "")}
        onChange={(e) => put(e.target.value)}
      >
        {field.values.every((one) => one.id !== test.value) && (
          <option value={String(test.value ?? "")}>
            {test.value === null ? t("cond.choose") : String(test.value)}
          </option>
        )}
        {field.values.map((one) => (
          <option key={one.id} value={one.id}>
            {one.label}
          </option>
        ))}
      </select>
    );
  const unit = field?.unit ?? 1;
  const number = field?.kind === "number";
  const shown = test.value === null ? "" : number ? String(Number(test.value) / unit) : String(test.value);
  return (
    <input
      className="input"
      type={number ? "number" : "text"}
      step="any"
      dir="auto"
      aria-label={t("cond.value")}
      value={shown}
      onChange={(event) =>
        put(event.target.value === "" ? null : number ? Number(event.target.value) * unit : event.target.value)
      }
    />
  );
}

/** What was chosen, each taken away by a press; the select adds another. */
function Several({
  chosen,
  field,
  put,
}: {
  chosen: readonly string[];
  field: BuilderField | undefined;
  put: (value: Value) => void;
}) {
  const values = field?.values ?? [];
  const rest = values.filter((one) => !chosen.includes(one.id));
  return (
    <div className={s.several}>
      {chosen.map((id) => {
        const label = values.find((one) => one.id === id)?.label ?? id;
        return (
          <button
            key={id}
            type="button"
            className="chip"
            aria-label={t("cond.drop", { value: label })}
            onClick={() => put(chosen.filter((one) => one !== id))}
          >
            {label}
            <Icon name="x" size="xs" />
          </button>
        );
      })}
      {!field?.values && <Phrase add={(words) => !chosen.includes(words) && put([...chosen, words])} />}
      {rest.length > 0 && (
        <select
          className="input"
          aria-label={t("cond.value")}
          value=""
          onChange={(e) => put([...chosen, e.target.value])}
        >
          <option value="">{t(chosen.length ? "cond.another" : "cond.choose")}</option>
          {rest.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** One more word or phrase, taken with Enter, a comma, or on leaving. */
function Phrase({ add }: { add: (words: string) => void }) {
  const [text, setText] = useState("");
  const take = () => {
    if (text.trim()) add(text.trim());
    setText("");
  };
  return (
    <input
      className="input"
      style={{ maxWidth: 220 }}
      dir="auto"
      maxLength={200}
      aria-label={t("cond.value")}
      placeholder={t("cond.phrase")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if ((event.key !== "Enter" && event.key !== ",") || event.nativeEvent.isComposing) return;
        event.preventDefault();
        take();
      }}
    />
  );
}
