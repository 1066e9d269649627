"""Words of the generated dataset; users, places and labels are fictional."""

# Permalink, username, first and last name, city, country.
USERS = """
ada-night|ada-night|Ada|Nightingill|Leeds|United Kingdom
marlow-finch|Marlow Finch|Marlow|Finch|Bristol|United Kingdom
tape-orchard|Tape Orchard|Ines|Quillfeather|Porto|Portugal
softfloor|softfloor|Jonas|Weidemark|Leipzig|Germany
kiri-lane|Kiri Lane|Kiri|Lanewood|Wellington|New Zealand
the-quiet-lift|The Quiet Lift|||Glasgow|United Kingdom
oolong-hour|Oolong Hour|Mei|Tanoshi|Taipei|Taiwan
basement-heron|Basement Heron|Rufus|Heronsgate|Detroit|United States
nils-aspen|Nils Aspen|Nils|Aspenlund|Malmö|Sweden
velvet-ledger|Velvet Ledger|||Chicago|United States
saltpan|saltpan|Aurélie|Marchebrune|Nantes|France
copper-moth|Copper Moth|Tobias|Fenwright|Cape Town|South Africa
late-tram|Late Tram|Zofia|Krzewska|Kraków|Poland
rooftop-almanac|Rooftop Almanac|Idris|Bellweather|Brooklyn|United States
papaya-static|Papaya Static|Luana|Ferroverde|Recife|Brazil
grainhouse|grainhouse|||Rotterdam|Netherlands
miso-and-vinyl|Miso & Vinyl|Haru|Kitanobe|Osaka|Japan
juniper-vale|Juniper Vale|Juniper|Valecroft|Portland|United States
deep-cellar|Deep Cellar|||Berlin|Germany
hollow-pine|Hollow Pine|Eero|Mäntysalo|Tampere|Finland
sunday-lofi-club|Sunday Lofi Club|||Manchester|United Kingdom
orbit-laundry|Orbit Laundry|Camille|Soirbois|Montréal|Canada
northline|Northline|Sander|Fjellhus|Bergen|Norway
cassette-garden|Cassette Garden|Dewi|Pantglas|Cardiff|United Kingdom
blue-corridor|Blue Corridor|Noor|Zandvliet|Antwerp|Belgium
tiny-engines-asleep|tiny engines asleep|Wren|Halloway|Melbourne|Australia
monsoon-desk|Monsoon Desk|Anvi|Raghupal|Pune|India
paper-lantern-fm|Paper Lantern FM|||Seoul|South Korea
elmstreet-dub|Elmstreet Dub|Curtis|Elmsworth|Kingston|Jamaica
vera-solis|Vera Solis|Vera|Solisander|Valencia|Spain
longwave|Longwave|Piet|Rondebosch|Utrecht|Netherlands
harbour-keys|Harbour Keys|Maren|Kajholm|Aarhus|Denmark
static-bloom|Static Bloom|||Los Angeles|United States
fennel-and-fog|Fennel and Fog|Luca|Nebbioso|Turin|Italy
second-kettle|Second Kettle|Priya|Ketteridge|Birmingham|United Kingdom
amber-transit|Amber Transit|Deniz|Yolcubey|Istanbul|Turkey
ghost-piano|Ghost Piano|||Vienna|Austria
tall-grass-radio|Tall Grass Radio|Amahle|Nduneni|Durban|South Africa
mono-lake-drive|Mono Lake Drive|Santiago|Altolago|Mexico City|Mexico
wintering|wintering|Saoirse|Geimhreadh|Galway|Ireland
"""

GENRES = {
    "Ambient": ("ambient|drone|field recording|texture", 60, 90),
    "House": ("house|deep house|club", 118, 126),
    "Techno": ("techno|warehouse|hypnotic", 126, 138),
    "Drum & Bass": ("dnb|jungle|liquid", 168, 176),
    "Jazz": ("jazz|trio|brushes", 80, 160),
    "Hip-hop & Rap": ("hiphop|boom bap|instrumental", 82, 98),
    "Indie": ("indie|bedroom pop|guitar", 95, 130),
    "Folk & Singer-Songwriter": ("folk|acoustic|fingerpicking", 85, 120),
    "Piano": ("piano|felt|neoclassical", 60, 100),
    "Dub": ("dub|echo|steppers", 70, 140),
}

LOFI_TAGS = "chillhop|study|beats|chill|instrumental|sleep|tape|jazzhop|rain|late night|study beats|vinyl"

ADJECTIVES = (
    "Quiet|Amber|Slow|Paper|Hollow|Borrowed|Distant|Velvet|Pale|Second|Folded|Rainy|Sunken|Copper|Early|Faded|Low|"
    "Northern|Open|Patient|Rusty|Silver|Small|Soft|Tangled|Unsent|Warm|Wandering|Winter|Blue"
)

NOUNS = (
    "Window|Harbour|Staircase|Letter|Orchard|Platform|Kettle|Lantern|Notebook|Rooftop|Tide|Balcony|Garden|Station|"
    "Corridor|Meadow|Pavement|Signal|Cassette|Umbrella|Ferry|Curtain|Attic|Bicycle|Moth|Postcard|Lighthouse|Avenue|"
    "Kitchen|Horizon"
)

MOMENTS = "at 3 am|before the rain|on the last train|after closing|in November|by the canal|without you|for Sunday"

PURPOSES = "studying|slow mornings|long trains|folding laundry|night buses|rainy desks|empty kitchens|falling asleep"

COMMENTS = (
    "that bassline though|on repeat since Tuesday|the drop at the end is lovely|what did you use for the keys?|"
    "this got me through my thesis|warm and dusty, love it|more of this please|found you through a repost|"
    "the rain sample is perfect|my cat approves|headphones on, lights off|instant follow|so good|"
    "the mix is really clear|would buy this on tape|been waiting for this one|the second half is unreal|"
    "saved for the train home|that little guitar line|🔥🔥🔥|reminds me of home|how is this so short|"
    "merci pour ce morceau|genau mein Ding"
)

DESCRIPTIONS = (
    "Recorded in one evening, mixed in three.|Made with a broken sampler and a good microphone.|"
    "Thank you for listening.|From the sessions of last winter. Free to use in non-commercial videos, credit me.|"
    "Written on a train.\n\nArtwork by a friend."
)

PLAYLISTS = (
    "Desk hours|Songs for slow trains|Night shift|Warm tape|Rain outside|Coffee, second cup|Late kitchen|"
    "Things I wish I had made|Low light|Study hall|New this month|Long walk home|Deep end|Drafts and finds|"
    "Sunday, unhurried|Keys only"
)

SERVICES = "instagram|bandcamp|youtube|mixcloud|personal"

LABELS = "Small Hours Tapes|Undertow Editions|Kettle Records|Ninth Platform"
