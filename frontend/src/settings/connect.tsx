import { useState } from "react";
import { newKey } from "../http/api";
import { t } from "../text/i18n";
import { NetworkBadge } from "../ui/face";
import { Icon } from "../ui/icon";
import { useCore } from "../ui/use-core";
import { ChatSetup } from "./chat-setup";
import { Field, FormDrawer } from "./collection";
import { Connecting, type Made } from "./connecting";
import { HealthWhy } from "./health-why";
import { FieldInput, type Manifest, snippetOf, useManifests } from "./manifests";
import { CopyLine, Drawer, useAsk, Wrong } from "./page";
import { NONE_REFUSED, type Refused, refusedFields, saidOfRefused } from "./refused-fields";
import s from "./settings.module.css";
import { SignInAt } from "./sign-in-at";

/** Three steps: which network, what it needs in its own words, what is left to do there. */
export function Connect({ wanted, close }: { wanted?: string; close: () => void }) {
  const { manifests, wrong } = useManifests();
  /** undefined: what came with the address, if anything did. */
  const [picked, setChosen] = useState<Manifest | null>();
  const chosen = picked === undefined ? (manifests?.find((one) => one.network === wanted) ?? null) : picked;
  const [made, setMade] = useState<Made | null>(null);
  const [byHand, setByHand] = useState(false);
  if (made && chosen) return <Done made={made} manifest={chosen} close={close} />;
  if (chosen?.signs_in === "connection" && !byHand) {
    return <SignIn manifest={chosen} back={() => setChosen(null)} byHand={() => setByHand(true)} close={close} />;
  }
  if (chosen) return <Enter manifest={chosen} back={() => setChosen(null)} done={setMade} close={close} />;
  return (
    <Drawer title={t("connect.which")} close={close}>
      <Wrong text={wrong} />
      <div className={s.nets}>
        {manifests?.map((manifest) => (
          <button key={manifest.network} type="button" className="btn" onClick={() => setChosen(manifest)}>
            <NetworkBadge network={manifest.network} />
            <span className="clip">{manifest.name}</span>
          </button>
        ))}
      </div>
    </Drawer>
  );
}

interface SignInProps {
  manifest: Manifest;
  back: () => void;
  byHand: () => void;
  close: () => void;
}

/** One sign-in for many channels: what the developer app is, then to the network; the choice comes after. */
function SignIn({ manifest, back, byHand, close }: SignInProps) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const fields = manifest.fields.filter((field) => field.of_app ?? true);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, field.default])),
  );
  const go = async () => {
    const settings = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    const body = { network: manifest.network, name: manifest.name, settings };
    const made = await ask(() => core.api.post<{ id: string }>("/connections", body, { key: newKey() }));
    if (!made) return;
    const answer = await ask(() => core.api.post<{ url: string }>(`/connections/${made.id}/authorise`));
    if (answer) location.assign(answer.url);
  };
  return (
    <FormDrawer
      title={t("connect.to", { name: manifest.name })}
      lead={<NetworkBadge network={manifest.network} size="big" />}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void go()}
      action={t("channels.signIn", { network: manifest.name })}
      remove={{ label: t("back"), run: back }}
    >
      <p className="muted">{t("connect.signInText", { network: manifest.name })}</p>
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={{ ...field, required: field.required && field.of_app === true }}
          value={values[field.name] ?? ""}
          change={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <button type="button" className="btn ghost" onClick={byHand}>
        {t("connect.byHand")}
      </button>
    </FormDrawer>
  );
}

interface EnterProps {
  manifest: Manifest;
  back: () => void;
  done: (made: Made) => void;
  close: () => void;
}

function Enter({ manifest, back, done, close }: EnterProps) {
  const core = useCore();
  const { ask, busy, wrong } = useAsk();
  const [connecting] = useState(() => new Connecting(core));
  const [name, setName] = useState(manifest.name);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(manifest.fields.map((field) => [field.name, field.default])),
  );
  const [refused, setRefused] = useState<Refused>(NONE_REFUSED);
  const say = (error: unknown) => {
    const fields = refusedFields(error);
    setRefused(fields);
    return saidOfRefused(fields, manifest);
  };
  const connect = async () => {
    const settings = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    setRefused(NONE_REFUSED);
    const made = await ask(() => connecting.connect({ network: manifest.network, name, settings }), say);
    if (!made) return;
    const { secrets: _once, ...channel } = made;
    core.store.update((state) => ({ ...state, channels: { ...state.channels, [made.id]: channel } }));
    done(made);
  };
  return (
    <FormDrawer
      title={t("connect.to", { name: manifest.name })}
      lead={<NetworkBadge network={manifest.network} size="big" />}
      wrong={wrong}
      busy={busy}
      close={close}
      save={() => void connect()}
      action={t("connect.do")}
      remove={{ label: t("back"), run: back }}
    >
      <Field label={t("channels.name")}>
        {(id) => (
          <input id={id} className="input" required value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      {manifest.network === "webchat" ? (
        <ChatSetup
          manifest={manifest}
          name={name}
          value={(field) => values[field] ?? ""}
          set={(field, value) => setValues({ ...values, [field]: value })}
        />
      ) : (
        manifest.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            refused={refused[field.name]}
            value={values[field.name] ?? ""}
            change={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))
      )}
    </FormDrawer>
  );
}

/** What the network must be told still, and what is shown this once. */
function Done({ made, manifest, close }: { made: Made; manifest: Manifest; close: () => void }) {
  const secrets = Object.entries(made.secrets ?? {});
  const label = (name: string) => manifest.fields.find((field) => field.name === name)?.label ?? name;
  return (
    <Drawer
      title={t("connect.done", { name: made.name })}
      lead={<NetworkBadge network={made.network} channelId={made.id} size="big" />}
      close={close}
      foot={
        <button type="button" className="btn primary" onClick={close}>
          {t("close")}
        </button>
      }
    >
      {made.health === "ok" && <div className="banner ok small">{t("connect.doneText")}</div>}
      {made.health_reason && (
        <div className="banner warn small">
          <Icon name="warn" size="s" />
          <HealthWhy channel={made} />
        </div>
      )}
      <SignInAt channel={made} manifest={manifest} />
      {secrets.length > 0 && (
        <>
          <div className="banner info small">
            <Icon name="key" size="s" />
            {t("connect.once")}
          </div>
          {secrets.map(([name, value]) => (
            <CopyLine key={name} text={value} label={label(name)} />
          ))}
        </>
      )}
      {made.network === "webchat" && <CopyLine text={snippetOf(made.id)} label={t("chat.snippet")} />}
      {made.webhook_url && made.network !== "webchat" && (
        <CopyLine text={made.webhook_url} label={t("channels.webhook")} />
      )}
    </Drawer>
  );
}
