"""The French and English words that nearly every article holds: alone, they tell no article from another."""

# Folded, and few: AI, US, car, son, tone or été are words that someone watches, though a stop-word of either language.
_FRENCH = """
    a au aucun aussi aux avec c ce cela ces cet cette ceux chez comme d dans de des donc du elle elles en entre est et
    etaient etait etre eu eux fait il ils j je l la le les leur leurs lui ma mais me meme mes moi n ne ni nos notre nous
    on ont ou par pas plus pour qu que qui s sa sans se ses si sont sous sur t ta te tes toi tous tout toute toutes tu
    un une vos votre vous y
"""
_ENGLISH = """
    a about after all also am an and any are as at be been but by can could did do does for from had has have he her his
    how i if in into is it its my no nor not of off or our out she so than that the their them then there these they
    this those to too up was we were what when where which will with would you your
"""
STOPWORDS = frozenset((_FRENCH + _ENGLISH).split())
