import { t } from "../../text/i18n";
import { ownZone } from "../../text/zone";
import { type Choice, Chooser } from "../../ui/chooser";

const FORMS = ["html", "text", "json"] as const;

/** One conversation as a file, its times in the agent's own zone. */
export function TranscriptPicker({ id, close }: { id: string; close: () => void }) {
  const zone = ownZone();
  const choices: Choice[] = FORMS.map((form) => ({
    id: form,
    label: t(`transcript.${form}`),
    icon: "download",
    run: () => {
      const query = new URLSearchParams({ format: form, zone });
      const link = document.createElement("a");
      link.href = `/api/v1/conversations/${id}/transcript?${query}`;
      link.download = "";
      link.click();
    },
  }));
  return <Chooser label={t("cmd.transcript")} choices={choices} close={close} />;
}
