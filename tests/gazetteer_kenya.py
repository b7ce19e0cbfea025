"""What kenya-data and GeoNames leave open about Kenya: whose town is whose, and neighbourhoods that have no office."""

__all__ = ["COUNTY_OF", "NEIGHBOURHOODS", "OF_GEONAMES"]

OF_GEONAMES = {  # code of the first level in GeoNames: county; its codes of former provinces name none
    "05": "Nairobi", "10": "Baringo", "11": "Bomet", "12": "Bungoma", "13": "Busia", "14": "Elgeyo-Marakwet",
    "15": "Embu", "16": "Garissa", "17": "Homa Bay", "18": "Isiolo", "19": "Kajiado", "20": "Kakamega",
    "21": "Kericho", "22": "Kiambu", "23": "Kilifi", "24": "Kirinyaga", "25": "Kisii", "26": "Kisumu", "27": "Kitui",
    "28": "Kwale", "29": "Laikipia", "30": "Lamu", "31": "Machakos", "32": "Makueni", "33": "Mandera",
    "34": "Marsabit", "35": "Meru", "36": "Migori", "37": "Mombasa", "38": "Murang'a", "39": "Nakuru", "40": "Nandi",
    "41": "Narok", "42": "Nyamira", "43": "Nyandarua", "44": "Nyeri", "45": "Samburu", "46": "Siaya",
    "47": "Taita-Taveta", "48": "Tana River", "49": "Tharaka-Nithi", "50": "Trans Nzoia", "51": "Turkana",
    "52": "Uasin Gishu", "53": "Vihiga", "54": "Wajir", "55": "West Pokot",
}
COUNTY_OF = {"Thika": "Kiambu", "Karuri": "Kiambu", "Kapsowar": "Elgeyo-Marakwet", "Sololo": "Marsabit"}
NEIGHBOURHOODS = {
    "Nairobi": (
        "Kibera, Eastleigh, Eastlands, South B, South C, Umoja, Kayole, Dandora, Kariobangi, Mathare, Mukuru, Donholm, "
        "Buruburu, Lavington, Runda, Muthaiga, Gikambura, Kawangware, Kangemi, Zimmerman, Githurai, "
        "Roysambu, Kasarani, Kahawa, Westlands, Karen, Gikomba, Jericho, Pipeline, "
        "Imara Daima, Embakasi, Utawala, Ruai, Huruma, Korogocho, Ngara, Pangani, Parklands, Highridge"
    ),
    "Kajiado": "Rongai, Kitengela, Namanga, Loitoktok",
    "Mombasa": (
        "Likoni, Bamburi, Shanzu, Nyali, Kongowea, Tudor, Kizingo, Mikindani, Magongo, Majengo"
    ),
    "Kisumu": "Kondele, Nyalenda, Manyatta, Obunga, Mamboleo, Bandani, Maseno, Dunga",
    "Nakuru": "Bahati, Free Area, Lanet, Kaptembwo, Mai Mahiu, Salgaa, Subukia",
    "Uasin Gishu": "Langas, Kapseret, Ziwa",
    "Kwale": "Diani, Ukunda, Lunga Lunga",
    "Kilifi": "Watamu, Mtwapa, Gede, Kaloleni",
    "Kiambu": "Kinoo, Kikuyu, Ruaka, Wangige, Kahawa Sukari, Kahawa Wendani, Juja, Githunguri, Banana",
    "Machakos": "Mlolongo, Syokimau, Athi River, Tala, Matuu",
}
