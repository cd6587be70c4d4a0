/** Words of answers to choose from, loaded with their panel and chips (load.ts). */
export const words = {
  "options.title": "Options to choose from",
  "options.remove": "Without options",
  "options.add": "Add an option",
  "options.one": "Option {n}",
  "options.drop": "Remove option {n}",
  "options.move": "Move option {n}: drag it, or use the arrow keys",
  "options.description": "Description",
  "options.url": "Address that it opens",
  "options.button": "Button that opens the list",
  "options.buttonHint": "See options",
  "options.location": "Ask where the customer is, instead",
  "options.asList": "Shown as a list behind a button.",
  "options.wrong.files": "Options go with words alone. Send the files in a message of their own.",
  "options.wrong.text": "Write what the options are for.",
  "options.wrong.count": "At most {limit} options of this kind here.",
  "options.wrong.title": "Give every option a title.",
  "options.wrong.twice": "Two options have one title.",
  "options.wrong.linkDescription": "Beside addresses, an option is its title alone.",
  "options.wrong.description": "An option is its title alone here.",
  "options.wrong.url": "An address begins with https://",
  "options.wrong.button": "Name the button that opens the list.",
  "options.wrong.textLength": "With options, the text is {n} too long.",
  "options.wrong.length": "An option is too long.",
  "options.wrong.buttonLength": "The name of the button is too long.",
  "options.offered": "To choose from",
  "options.place": "Asks for the customer’s place",
};

export type OptionKey = keyof typeof words;
export type OptionWords = Readonly<Record<OptionKey, string>>;
