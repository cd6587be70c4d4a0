import { Component } from "react";
import { t } from "../text/i18n";

interface Props {
  children: React.ReactNode;
}

/** A pane that fails says so in its own place; the others go on. */
export class Boundary extends Component<Props, { failed: Error | null }> {
  override state = { failed: null as Error | null };

  static getDerivedStateFromError(failed: Error) {
    return { failed };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <section style={{ padding: 24 }} role="alert">
        <p className="strong">{t("error.pane")}</p>
        <p className="small muted" style={{ margin: "6px 0 12px" }}>
          {this.state.failed.message}
        </p>
        <button type="button" className="btn" onClick={() => this.setState({ failed: null })}>
          {t("error.again")}
        </button>
      </section>
    );
  }
}
