"""What people read: decision + template → the bytes of one mail.

`facts` turns a case into flat Spanish variables (`variables`), `templates` turns them into words,
`compose` puts them into a mail and reads it again before it may be stored.
"""
