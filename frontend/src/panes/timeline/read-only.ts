/** Whether the timeline is only looked at: nothing in it can be done then. */

import { createContext } from "react";

export const ReadOnly = createContext(false);
