import { useEffect, useState } from "react";
import { newKey } from "../http/api";
import type { ChannelShape } from "../protocol/types.generated";
import { t } from "../text/i18n";
import { NetworkBadge } from "../ui/face";
import { useCore } from "../ui/use-core";
import { CopyLine, Drawer, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

interface ManifestField {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  default: string;
  help: string;
  choices: string[];
}

interface Manifest {
  network: string;
  name: string;
  fields: ManifestField[];
}

/** Two steps: which network, then what it needs, in the network's own words. */
export function Connect({ close }: { close: () => void }) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [networks, setNetworks] = useState<readonly Manifest[]>([]);
  const [chosen, setChosen] = useState<Manifest | null>(null);
  const [done, setDone] = useState<ChannelShape | null>(null);
  const [name, setName] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  useEffect(() => {
    core.api
      .get<{ items: Manifest[] }>("/networks")
      .then((answer) => setNetworks(answer.items))
      .catch(() => {});
  }, [core]);
  const choose = (manifest: Manifest) => {
    setChosen(manifest);
    setName(manifest.name);
    setValues(Object.fromEntries(manifest.fields.map((field) => [field.name, field.default])));
  };
  const connect = async () => {
    const settings = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    const made = await ask(() =>
      core.api.post<ChannelShape>("/channels", { network: chosen?.network, name, settings }, { key: newKey() }),
    );
    if (!made) return;
    core.store.update((state) => ({ ...state, channels: { ...state.channels, [made.id]: made } }));
    setDone(made);
  };
  if (!chosen) {
    return (
      <Drawer title={t("connect.which")} close={close}>
        <div className={s.nets}>
          {networks.map((manifest) => (
            <button key={manifest.network} type="button" className="btn" onClick={() => choose(manifest)}>
              <NetworkBadge network={manifest.network} />
              <span className="clip">{manifest.name}</span>
            </button>
          ))}
        </div>
      </Drawer>
    );
  }
  const lead = <NetworkBadge network={chosen.network} size="big" />;
  if (done) {
    return (
      <Drawer
        title={t("connect.done", { name: done.name })}
        lead={lead}
        close={close}
        foot={
          <button type="button" className="btn primary" onClick={close}>
            {t("close")}
          </button>
        }
      >
        <div className="banner ok small">{t("connect.doneText")}</div>
        {done.webhook_url && <CopyLine text={done.webhook_url} label={t("channels.webhook")} />}
      </Drawer>
    );
  }
  return (
    <Drawer
      title={t("connect.to", { name: chosen.name })}
      lead={lead}
      close={close}
      foot={
        <>
          <button type="button" className="btn ghost" onClick={() => setChosen(null)}>
            {t("back")}
          </button>
          <span className="grow" />
          <button type="submit" form="connect" className="btn primary" disabled={busy}>
            {t("connect.do")}
          </button>
        </>
      }
    >
      <form
        id="connect"
        style={{ display: "grid", gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        <Wrong text={wrong} />
        <div className="field">
          <label htmlFor="connect-name">{t("channels.name")}</label>
          <input
            id="connect-name"
            className="input"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        {chosen.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            change={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
      </form>
    </Drawer>
  );
}

function FieldInput({
  field,
  value,
  change,
}: {
  field: ManifestField;
  value: string;
  change: (value: string) => void;
}) {
  const id = `field-${field.name}`;
  const hint = field.help ? `${id}-hint` : undefined;
  const common = { id, className: "input", required: field.required, "aria-describedby": hint, value };
  return (
    <div className="field">
      <label htmlFor={id}>
        {field.label}
        {!field.required && <span className="muted"> {t("optional")}</span>}
      </label>
      {field.choices.length > 0 ? (
        <select {...common} onChange={(event) => change(event.target.value)}>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={field.secret ? "password" : "text"}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(event.target.value)}
        />
      )}
      {field.help && (
        <span id={hint} className="hint">
          {field.help}
        </span>
      )}
    </div>
  );
}
