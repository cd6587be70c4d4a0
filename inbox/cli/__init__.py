"""The command line, `inbox`: one file for each kind of verb, loaded when the verb is used."""
