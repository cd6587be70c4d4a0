import type { ChannelShape } from "../protocol/types.generated";

/** Whether a channel needs somebody: said in the navigation, too, which loads none of the pages. */
export const isSick = (channel: ChannelShape): boolean =>
  channel.active && (channel.health === "needs_attention" || channel.health === "down");
