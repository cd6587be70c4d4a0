import { formatRoute, type Route } from "../store/route";
import { useCore } from "./use-core";

type Props = Omit<React.AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & { to: Route };

/** A real address that opens here; with Ctrl or the middle button in a tab of its own, as links do. */
export function Link({ to, onClick, children, ...rest }: Props) {
  const core = useCore();
  const click = (event: React.MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    core.go(to);
  };
  return (
    <a href={formatRoute(to)} onClick={click} {...rest}>
      {children}
    </a>
  );
}
