"""The little words that prose is full of and menus are not, in the languages of most news sites, in one set."""

_WORDS = """
    the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which
    one you were her all she there would their we him been has when who will more no if out so said what up its about
    le la les de des du un une et est en que qui dans pour pas sur au aux il elle ils ce cette ces son sa ses se par
    avec plus ne ou mais nous vous leur sont été être fait comme tout si ont avait cela à y où deux même aussi après
    der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass
    sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch
    el los las del y que en un una por con no su para es al lo como más pero sus le ya o este sí porque esta entre
    cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese
    il lo gli i di che è e per una sono non si da con come più dei della nel alla ha anche le ma del al questo sua
    delle dal nella degli o se ci suo dopo anni stato due essere tra hanno loro prima ancora solo quando
    o os as um uma do da dos das em no na nos nas que e é para com não por mais se como mas foi ao ele sua ou ser
    quando muito há já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem
    de het een en van ik te dat die in je is niet op zijn met voor er maar om hem dan zou of wat mijn aan ook door
    over bij naar nog uit worden heeft hij deze geen wel meer haar al was werd zich tot kan
    w i na z się nie do to że jest o jak po co tak za od ale jego przez są dla był przy czy już tylko może być który
    która które jej ich ten tego tym oraz także została
    och att det som en på är av för med till den har inte om ett men var jag han hon sig från vi så kan när år
    og at i er på for af den til ikke der som har de et med var sig fra om han skal kan jeg også efter eller
    ja on ei se että oli ovat mutta kun myös joka hän niin kuin tai
    az és hogy nem egy ez is volt csak meg már mint
    a se na je v že s z to i do o si by ale jak jako po pro který jsou byl
    și în nu la cu pe din este că mai sau care pentru fost
    ve bir bu da de için ile olarak çok daha olan gibi ne
    и в не на я что он с как это по но из у за от о так же для бы было был к до или его их она они который при также
    та що не на до як але від про це за із та він
    τα το η ο και του της την να με για που από στο στη δεν είναι σε τον
    في من على إلى أن التي الذي عن مع هذا هذه كان قد ما لا بعد بين أو كما كل لم
    yang dan di untuk dengan itu dari pada ini tidak dalam akan juga ke oleh karena
    के का में की है और से को पर ने कि यह
    এই ও না যে করে থেকে
    của và là các có trong được cho không với những
"""
STOPWORDS = frozenset(_WORDS.split())
