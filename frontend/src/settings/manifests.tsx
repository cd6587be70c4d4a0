/** Networks as their manifests describe them: what an admin enters, and whether the network has a sign-in of its own. */

import { useEffect, useState } from "react";
import { reason } from "../commands/triage";
import { t } from "../text/i18n";
import { useCore } from "../ui/use-core";

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
}

export interface Manifest {
  network: string;
  name: string;
  fields: ManifestField[];
  /** Where an admin signs in at the network: for one channel, or for an account whose channels are chosen then. */
  signs_in: "" | "channel" | "connection";
}

export function useManifests(): { manifests: readonly Manifest[] | null; wrong: string | null } {
  const core = useCore();
  const [manifests, setManifests] = useState<readonly Manifest[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<{ items: Manifest[] }>("/networks")
      .then((answer) => setManifests(answer.items))
      .catch((error) => setWrong(reason(error)));
  }, [core]);
  return { manifests, wrong };
}

interface InputProps {
  field: ManifestField;
  value: string;
  change: (value: string) => void;
  /** The channel has it already: an empty secret stays what it is. */
  kept?: boolean;
}

/** One thing an admin enters, in the network's own words. */
export function FieldInput({ field, value, change, kept }: InputProps) {
  const id = `field-${field.name}`;
  const hint = field.help ? `${id}-hint` : undefined;
  const required = field.required && !(kept && field.secret);
  const common = { id, className: "input", required, "aria-describedby": hint, value };
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
          placeholder={kept && field.secret ? t("channels.secretKept") : undefined}
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
