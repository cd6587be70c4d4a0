/** In tests all words are there; pages bring their own only where the app loads them. */

import { figureWords } from "../text/figures/load";
import { optionWords } from "../text/options/load";
import { reportWords } from "../text/reports/load";
import { ruleWords } from "../text/rules/load";
import { settingWords } from "../text/settings/load";
import { startWords } from "../text/start/load";

await Promise.all([figureWords(), optionWords(), reportWords(), ruleWords(), settingWords(), startWords()]);
