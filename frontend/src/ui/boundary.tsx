import { Component } from "react";
import { t } from "../text/i18n";

interface Props {
  /** Instead of words in its place. */
  failed?: () => void;
  children: React.ReactNode;
}

/** A part that could not be loaded is not asked for again by this window: it has to begin anew. */
const NOT_LOADED = /module|preload/i;

/** A pane that fails says so in its own place; the others go on. */
export class Boundary extends Component<Props, { failed: Error | null }> {
  override state = { failed: null as Error | null };

  static getDerivedStateFromError(failed: Error) {
    return { failed };
  }

  override componentDidCatch() {
    this.props.failed?.();
  }

  override render() {
    const { failed } = this.state;
    if (!failed) return this.props.children;
    if (this.props.failed) return null;
    const notLoaded = NOT_LOADED.test(failed.message);
    const again = () => (notLoaded ? location.reload() : this.setState({ failed: null }));
    return (
      <section style={{ padding: 24 }} role="alert">
        <p className="strong">{t(notLoaded ? "error.unreachable" : "error.pane")}</p>
        <p className="small muted" style={{ margin: "6px 0 12px" }}>
          {!notLoaded && failed.message}
        </p>
        <button type="button" className="btn" onClick={again}>
          {t("error.again")}
        </button>
      </section>
    );
  }
}
