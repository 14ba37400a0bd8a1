"""What the service desk decides: the case and its states, clocks and hours.

decide      START HERE: a message, and what is known → one `Verdict` (question, known, decision)
  own, joining, opening, machines, restored   the checks that take more than a line
  data, answering                             what is missing; whether it may be answered, and where to
due         a clock → one `Decision`; hours: deadlines in working time (week, holidays)
delivery    the fate of a reply → what it means for its case
by_hand     what a person does with a command; sorting: by moving mail into a folder
difference  what was decided beside what would be, for `mailbot rules replay`; account: of many mails
case        its states and the transitions between them; settings: what the admin wrote of the desk
"""
