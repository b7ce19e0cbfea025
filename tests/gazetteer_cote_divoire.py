"""The districts, regions and departments of Côte d'Ivoire, and what people of Abidjan and Bouaké call their quarters.

Written by hand: no package has them under a licence of its own. Districts and regions: decree 2011-263 of 28 September
2011; departments: as they stood about 2020. `tests/gazetteer_files.py` compares every seat with the district that
GeoNames has for its town, and says where they differ.
"""

__all__ = ["DISTRICTS", "QUARTERS", "REGIONS"]

DISTRICTS = {  # code of ISO 3166-2: name, code of the first level in GeoNames
    "AB": ("Abidjan", "93"),
    "BS": ("Bas-Sassandra", "76"),
    "CM": ("Comoé", "94"),
    "DN": ("Denguélé", "77"),
    "GD": ("Gôh-Djiboua", "95"),
    "LC": ("Lacs", "81"),
    "LG": ("Lagunes", "82"),
    "MG": ("Montagnes", "78"),
    "SM": ("Sassandra-Marahoué", "96"),
    "SV": ("Savanes", "87"),
    "VB": ("Vallée du Bandama", "90"),
    "WR": ("Woroba", "97"),
    "YM": ("Yamoussoukro", "98"),
    "ZZ": ("Zanzan", "92"),
}

REGIONS = (  # name, district, seats of its departments, the region's own first
    ("Abidjan", "AB", "Abidjan"),
    ("Yamoussoukro", "YM", "Yamoussoukro, Attiégouakro"),
    ("Gbôklé", "BS", "Sassandra, Fresco"),
    ("Nawa", "BS", "Soubré, Buyo, Guéyo, Méagui"),
    ("San-Pédro", "BS", "San-Pédro, Tabou"),
    ("Indénié-Djuablin", "CM", "Abengourou, Agnibilékrou, Bettié"),
    ("Sud-Comoé", "CM", "Aboisso, Adiaké, Grand-Bassam, Tiapoum"),
    ("Folon", "DN", "Minignan, Kaniasso"),
    ("Kabadougou", "DN", "Odienné, Gbéléban, Madinani, Samatiguila, Séguélon"),
    ("Gôh", "GD", "Gagnoa, Oumé"),
    ("Lôh-Djiboua", "GD", "Divo, Guitry, Lakota"),
    ("Bélier", "LC", "Toumodi, Didiévi, Djékanou, Tiébissou"),
    ("Iffou", "LC", "Daoukro, M'Bahiakro, Ouellé, Prikro"),
    ("Moronou", "LC", "Bongouanou, Arrah, M'Batto"),
    ("N'Zi", "LC", "Dimbokro, Bocanda, Kouassi-Kouassikro"),
    ("Agnéby-Tiassa", "LG", "Agboville, Sikensi, Taabo, Tiassalé"),
    ("Grands-Ponts", "LG", "Dabou, Grand-Lahou, Jacqueville"),
    ("La Mé", "LG", "Adzopé, Akoupé, Alépé, Yakassé-Attobrou"),
    ("Cavally", "MG", "Guiglo, Bloléquin, Taï, Toulépleu"),
    ("Guémon", "MG", "Duékoué, Bangolo, Facobly, Kouibly"),
    ("Tonkpi", "MG", "Man, Biankouma, Danané, Sipilou, Zouan-Hounien"),
    ("Haut-Sassandra", "SM", "Daloa, Issia, Vavoua, Zoukougbeu"),
    ("Marahoué", "SM", "Bouaflé, Sinfra, Zuénoula, Bonon, Gohitafla"),
    ("Bagoué", "SV", "Boundiali, Kouto, Tengréla"),
    ("Poro", "SV", "Korhogo, Dikodougou, M'Bengué, Sinématiali"),
    ("Tchologo", "SV", "Ferkessédougou, Kong, Ouangolodougou"),
    ("Gbêkê", "VB", "Bouaké, Béoumi, Botro, Sakassou"),
    ("Hambol", "VB", "Katiola, Dabakala, Niakaramandougou"),
    ("Bafing", "WR", "Touba, Koro, Ouaninou"),
    ("Béré", "WR", "Mankono, Dianra, Kounahiri"),
    ("Worodougou", "WR", "Séguéla, Kani"),
    ("Bounkani", "ZZ", "Bouna, Doropo, Nassian, Téhini"),
    ("Gontougo", "ZZ", "Bondoukou, Koun-Fao, Sandégué, Tanda, Transua"),
)

QUARTERS = {  # region: communes and quarters that GeoNames lacks, with about how many live there (0: not known)
    "Abidjan": (
        "Yopougon 1571000, Cocody 692000, Abobo 1340000, Adjamé 340000, Attécoubé 313000, Koumassi 412000, "
        "Marcory 214000, Le Plateau 7000, Port-Bouët 618000, Treichville 106000, Angré 0, Riviera 0, Deux-Plateaux 0, "
        "Gonzagueville 0, Vridi 0, Blockhauss 0, Williamsville 0, Anyama 134000, Abobo-Gare 0, Yopougon-Siporex 0, "
        "Niangon 0, Koweït 0, Biétry 0, Zone 4 0, Palmeraie 0, Faya 0, Dokui 0, Babi 0, Yop 0, Songon 0"
    ),
    "Gbêkê": "Koko 0, Air France 0, Dar es Salam 0, Belleville 0, Nimbo 0",
    "Sud-Comoé": "Bassam 0",
    "Tchologo": "Ferké 0",
}
