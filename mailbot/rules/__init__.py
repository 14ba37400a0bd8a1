"""What the admin wrote in config.toml: keywords → rule, required data → found or missing.

match      a subject → the rule that wins, by which words, and why the others do not
  fold       text without case, accents and invisible signs
  keywords   whole words, phrases, stems and plurals, all at once
  patterns   the admin's own expressions, by RE2
  addresses  ana@mesa.example, *@mesa.example
  fault      which fault a machine's mail is about
required   a message → the data it gives, what does not fit, what is refused
  lines      the lines a person wrote
  formline   «Teléfono: 300…» in all its spellings
  quoted_form, table   the same in our own form that came back quoted, and below a row of labels
  bare       values without a label: phrases, a place (where), a signature
  wanted     what a field accepts
  pieces     numbers that are a piece of another, or another's
  login      jperez, not «nuevo»
  people     a name in From
answer     CANCELAR, NUEVO, thanks, «no tengo»
  courtesy   words that carry no datum
settings, found: what goes in and what comes out
usage, suggest: which words did something, and which are lacking
"""
