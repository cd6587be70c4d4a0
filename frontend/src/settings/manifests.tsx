/** Networks as their manifests describe them: what an admin enters, and whether the network has a sign-in of its own. */

import { useEffect, useMemo, useState } from "react";
import { reason } from "../commands/triage";
import { currentLanguage, knows, t } from "../text/i18n";
import { networkName } from "../text/network-names";
import { networkWords } from "../text/networks/load";
import { useCore } from "../ui/use-core";
import s from "./settings.module.css";

export interface ManifestField {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  default: string;
  help: string;
  choices: string[];
  /** It belongs to the developer app, not to the one channel. */
  of_app?: boolean;
  /** What a value must look like. */
  form?: string;
}

export interface Manifest {
  network: string;
  name: string;
  fields: ManifestField[];
  /** Where an admin signs in at the network: for one channel, or for an account whose channels are chosen then. */
  signs_in: "" | "channel" | "connection";
}

/** What a manifest says, in the language of the interface; as the manifest says it where there are no words for it. */
const said = (key: string, manifests: string): string => (knows(key) ? t(key) : manifests);

const translated = (manifest: Manifest): Manifest => ({
  ...manifest,
  name: networkName({ network: manifest.network, network_name: manifest.name }),
  fields: manifest.fields.map((field) => ({
    ...field,
    label: said(`networks.${manifest.network}.${field.name}.label`, field.label),
    help: said(`networks.${manifest.network}.${field.name}.help`, field.help),
  })),
});

/** An action of a network in words: "reply to comments". */
export const actionName = (action: string): string => said(`networks.action.${action}`, action.replaceAll("_", " "));

/** The networks in the language of the interface. Without its words, as their manifests describe them. */
export function useManifests(): { manifests: readonly Manifest[] | null; wrong: string | null } {
  const core = useCore();
  const [manifests, setManifests] = useState<readonly Manifest[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    Promise.all([core.api.get<{ items: Manifest[] }>("/networks"), networkWords().catch(() => {})])
      .then(([answer]) => setManifests(answer.items))
      .catch((error) => setWrong(reason(error)));
  }, [core]);
  const language = currentLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are others in another language
  const spoken = useMemo(() => manifests?.map(translated) ?? null, [manifests, language]);
  return { manifests: spoken, wrong };
}

/** What stands on the pages of a website that has the chat. */
export const snippetOf = (channelId: string): string =>
  `<script async src="${location.origin}/widget.js" data-channel="${channelId}"></script>`;

/** The keyboard that a phone shows. */
const INPUT_MODES: Readonly<Record<string, "url" | "email" | "numeric">> = {
  url: "url",
  email: "email",
  number: "numeric",
};

interface InputProps {
  field: ManifestField;
  value: string;
  change: (value: string) => void;
  /** The channel has it already: an empty secret stays what it is. */
  kept?: boolean;
  /** What may have several lines. */
  lines?: number;
  /** What the server has against it. */
  refused?: string;
}

/** One thing an admin enters, in the words of its manifest. */
export function FieldInput({ field, value, change, kept, lines, refused }: InputProps) {
  const id = `field-${field.name}`;
  const described = [refused && `${id}-refused`, field.help && `${id}-hint`].filter(Boolean).join(" ");
  const required = field.required && !(kept && field.secret);
  const common = {
    id,
    className: "input",
    required,
    "aria-describedby": described || undefined,
    "aria-invalid": refused ? true : undefined,
    value,
  };
  return (
    <div className="field">
      <label htmlFor={id}>
        {field.label}
        {!field.required && <span className="muted"> {t("optional")}</span>}
      </label>
      {field.choices.length > 0 ? (
        <select {...common} onChange={(event) => change(event.target.value)}>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {said(`networks.choice.${choice}`, choice)}
            </option>
          ))}
        </select>
      ) : lines ? (
        <textarea {...common} rows={lines} dir="auto" onChange={(event) => change(event.target.value)} />
      ) : (
        <input
          {...common}
          type={field.secret ? "password" : "text"}
          inputMode={INPUT_MODES[field.form ?? "text"]}
          autoComplete="off"
          spellCheck={false}
          placeholder={kept && field.secret ? t("channels.secretKept") : undefined}
          onChange={(event) => change(event.target.value)}
        />
      )}
      {refused && (
        <span id={`${id}-refused`} className={`small ${s.refused}`}>
          {refused}
        </span>
      )}
      {field.help && (
        <span id={`${id}-hint`} className="hint">
          {field.help}
        </span>
      )}
    </div>
  );
}
