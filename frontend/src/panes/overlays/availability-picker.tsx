import { setAvailability } from "../../commands/availability";
import { STATES, stateName } from "../../store/availability";
import { t } from "../../text/i18n";
import { type Choice, Chooser } from "../../ui/chooser";
import { StateDot } from "../../ui/face";
import { Icon } from "../../ui/icon";
import { useCore, useSelect } from "../../ui/use-core";

/** Whether to take work: four states, and away for a reason of the house's list. */
export function AvailabilityPicker({ close }: { close: () => void }) {
  const core = useCore();
  const me = useSelect((state) => state.me?.agent.id ?? "");
  const now = useSelect((state) => state.availability[me]);
  const reasons = useSelect((state) => state.attendance?.reasons);
  const choices: Choice[] = STATES.flatMap((state): Choice[] => {
    const plain: Choice = {
      id: state,
      label: t(stateName(state)),
      lead: <StateDot state={state} />,
      detail: now?.state === state && !now.reason_id && <Icon name="check" size="s" />,
      run: () => void setAvailability(core, state),
    };
    if (state !== "away") return [plain];
    const because = (reasons ?? []).map(
      (reason): Choice => ({
        id: `away:${reason.id}`,
        label: t("availability.because", { state: t("availability.away"), reason: reason.name }),
        lead: <StateDot state="away" />,
        detail: now?.state === "away" && now.reason_id === reason.id && <Icon name="check" size="s" />,
        run: () => void setAvailability(core, "away", reason.id),
      }),
    );
    return [plain, ...because];
  });
  return <Chooser label={t("availability.choose")} choices={choices} close={close} />;
}
