import { useEffect, useState } from "react";
import { newKey } from "../http/api";
import { t } from "../text/i18n";
import { shortDate } from "../text/time";
import { Confirm } from "../ui/confirm";
import { useCore, useNow } from "../ui/use-core";
import { CopyLine, Page, useAsk, Wrong } from "./page";
import s from "./settings.module.css";

interface Token {
  id: string;
  name: string;
  scopes: string[];
  last_used_at: string | null;
}

const SCOPES = ["read", "write", "admin"] as const;
type Scope = (typeof SCOPES)[number];

export function TokensPage() {
  const core = useCore();
  const { ask, wrong } = useAsk();
  const now = useNow(60_000);
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [removing, setRemoving] = useState<Token | null>(null);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly string[]>(["read"]);
  const [fresh, setFresh] = useState<string | null>(null);
  useEffect(() => {
    core.api
      .get<{ items: Token[] }>("/tokens")
      .then((answer) => setTokens(answer.items))
      .catch(() => {});
  }, [core]);
  const add = async () => {
    const made = await ask(() =>
      core.api.post<{ id: string; token: string }>("/tokens", { name, scopes }, { key: newKey() }),
    );
    if (!made) return;
    setFresh(made.token);
    setTokens([...(tokens ?? []), { id: made.id, name, scopes: [...scopes], last_used_at: null }]);
    setName("");
  };
  const remove = (id: string) =>
    ask(async () => {
      await core.api.delete(`/tokens/${id}`);
      setTokens((tokens ?? []).filter((token) => token.id !== id));
    });
  return (
    <Page title={t("settings.tokens")} detail={t("tokens.hint")}>
      <Wrong text={wrong} />
      {fresh && (
        <div className={s.narrow}>
          <div className="banner ok small" style={{ marginBottom: 8 }}>
            {t("tokens.once")}
          </div>
          <CopyLine text={fresh} label={t("tokens.token")} />
        </div>
      )}
      <div className={s.panel}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <div className="flex wrap" style={{ gap: 12 }}>
            <input
              className="input"
              style={{ width: 240 }}
              aria-label={t("tokens.name")}
              placeholder={t("tokens.name")}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            {SCOPES.map((scope) => (
              <label key={scope} className="flex">
                <input
                  type="checkbox"
                  checked={scopes.includes(scope)}
                  onChange={(event) =>
                    setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                  }
                />
                {t(`scope.${scope}`)}
              </label>
            ))}
            <button type="submit" className="btn primary" disabled={!scopes.length}>
              {t("tokens.add")}
            </button>
          </div>
        </form>
      </div>
      <div className={s.panel}>
        {tokens?.length === 0 && <p className={`muted ${s.none}`}>{t("tokens.none")}</p>}
        <table className={s.cards}>
          <tbody>
            {tokens?.map((token) => (
              <tr key={token.id}>
                <td className="strong">{token.name}</td>
                <td>
                  <span className="flex">
                    {token.scopes.map((scope) => (
                      <span key={scope} className="chip">
                        {SCOPES.some((known) => known === scope) ? t(`scope.${scope as Scope}`) : scope}
                      </span>
                    ))}
                  </span>
                </td>
                <td className="small muted">
                  {token.last_used_at
                    ? t("screens.used", { time: shortDate(token.last_used_at, now) })
                    : t("screens.unused")}
                </td>
                <td className={s.end}>
                  <button type="button" className="btn ghost sm danger-quiet" onClick={() => setRemoving(token)}>
                    {t("remove")}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {removing && (
        <Confirm
          title={t("tokens.removeTitle", { name: removing.name })}
          text={t("tokens.removeText")}
          action={t("remove")}
          cancel={() => setRemoving(null)}
          confirm={() => {
            setRemoving(null);
            void remove(removing.id);
          }}
        />
      )}
    </Page>
  );
}
