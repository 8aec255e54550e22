"""Invented vocabulary of names for the synthetic population, by culture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Culture:
    """Names of one group of families and its share of the population."""

    name: str
    share: float
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CULTURES = (
    Culture(
        name="English",
        share=0.66,
        girls=_split(
            "Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Isabella "
            "Grace Daisy Sienna Poppy Elsie Emily Ella Evelyn Phoebe Evie Charlotte Harper "
            "Millie Matilda Maisie Sophie Emilia Jessica Ruby Alice Chloe Maya Hannah Lucy "
            "Eleanor Bonnie Molly Lottie Imogen Megan Bethany Lauren Abigail Rebecca Sarah "
            "Laura Emma Katie Danielle Kelly Nicola Michelle Joanne Margaret Susan Patricia "
            "Christine Elizabeth Catherine Victoria Samantha Stephanie Natasha Kimberley "
            "Georgina Harriet Francesca Jasmine Paige Courtney Shannon Chelsea Jodie Stacey"
        ),
        boys=_split(
            "Oliver George Noah Arthur Harry Leo Jack Charlie Freddie Alfie Oscar Theodore "
            "Archie Jacob Joshua James William Thomas Henry Lucas Ethan Max Isaac Finley Joseph "
            "Edward Samuel Logan Alexander Daniel Benjamin Mason Harrison Sebastian Adam Dylan "
            "Riley Zachary Luca Toby Louie Reuben Jude Rory Tommy Albert Hugo Ronnie Frankie "
            "Christopher Matthew Michael David Andrew Robert Richard Stephen Anthony Nicholas "
            "Jonathan Timothy Gareth Craig Kieran Liam Connor Callum Jordan Bradley Nathan "
            "Declan Tyler Kyle Reece Lewis Aaron Scott Dean Lee Wayne Kevin Gary Philip"
        ),
        families=_split(
            "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson "
            "Evans Walker White Roberts Green Hall Wood Jackson Clarke Harris Lewis Turner "
            "Hill Cooper Ward Morris Moore Clark Baker Harrison King Morgan Allen Scott Parker "
            "Cook Price Carter Bennett Young Griffiths Watson Mitchell Shaw Bell Cox Kelly "
            "Richardson Marshall Collins Gray Webb Ellis Simpson Adams Mills Rogers Barnes "
            "Knight Palmer Holmes Chapman Hunt Fisher Butler Pearson Dixon Lloyd Fletcher "
            "Grant Hughes Edwards Foster Reynolds Fox Wells Barker Stone Rowe Larkin Whittle"
        ),
    ),
    Culture(
        name="South Asian",
        share=0.15,
        girls=_split(
            "Aisha Fatima Maryam Zainab Khadija Amina Hafsa Safiya Zara Inaya Aaliyah Sumaya "
            "Ayesha Noor Sana Sadia Nadia Rukhsana Shabana Nasreen Priya Anjali Kavya Diya "
            "Simran Harpreet Gurpreet Jaspreet Manpreet Meera Nisha Pooja Tahmina Rabia Iqra"
        ),
        boys=_split(
            "Muhammad Mohammed Ahmed Ali Hassan Hussain Ibrahim Yusuf Omar Hamza Bilal Zain "
            "Abdullah Imran Irfan Tariq Khalid Adeel Faisal Usman Haroon Ayaan Arjun Rohan "
            "Aarav Vijay Sanjay Rahul Gurdeep Harjit Manjit Amarjit Kabir Rafiq Shafiq Zubair"
        ),
        families=_split(
            "Khan Ahmed Hussain Ali Begum Patel Singh Kaur Shah Malik Akhtar Iqbal Mahmood "
            "Rahman Miah Chowdhury Uddin Islam Hassan Mohammed Bibi Mirza Sheikh Raja Butt "
            "Qureshi Siddiqui Hossain Khatun Aziz Rashid Saleem Javed Nawaz Sharma Gupta Mistry"
        ),
    ),
    Culture(
        name="East European",
        share=0.08,
        girls=_split(
            "Zuzanna Julia Maja Zofia Hanna Lena Alicja Oliwia Wiktoria Aleksandra Katarzyna "
            "Agnieszka Magdalena Joanna Ewa Małgorzata Andreea Maria Elena Ioana Alexandra "
            "Daria Bianca Denisa Kristina Viktoria Iveta Daniela"
        ),
        boys=_split(
            "Antoni Jakub Jan Szymon Aleksander Filip Mikołaj Wojciech Kacper Adam Michał "
            "Paweł Piotr Krzysztof Łukasz Andrei Alexandru Ionuț Mihai Ștefan Gabriel Cristian "
            "Vlad Rareș Tomas Marek Dmitri Sergei"
        ),
        families=_split(
            "Nowak Kowalski Kowalska Wiśniewski Wiśniewska Wójcik Kowalczyk Kamiński Lewandowska "
            "Zieliński Szymański Woźniak Dąbrowski Kozłowski Mazur Krawczyk Popescu Ionescu Popa "
            "Dumitru Stan Stoica Gheorghe Rusu Munteanu Matei Horvath Novak Balogh Petrov"
        ),
    ),
    Culture(
        name="West African",
        share=0.05,
        girls=_split(
            "Temitope Oluwaseun Funmilayo Adeola Ngozi Chidinma Amara Ama Akosua Abena Efua "
            "Blessing Precious Folake Damilola Yetunde Ifeoma Adaeze Esther Grace Faith"
        ),
        boys=_split(
            "Oluwatobi Ayodele Babatunde Adebayo Chukwuemeka Chinedu Emeka Kwame Kofi Kwabena "
            "Yaw Emmanuel Samuel Daniel David Tunde Femi Segun Obinna Ifeanyi Kelechi"
        ),
        families=_split(
            "Adeyemi Okafor Okonkwo Adebayo Ogunleye Balogun Eze Nwosu Mensah Owusu Boateng "
            "Asante Osei Appiah Agyeman Amoah Afolabi Olawale Akintola Bello Danjuma Ibrahim"
        ),
    ),
    Culture(
        name="Somali and Arabic",
        share=0.04,
        girls=_split(
            "Hodan Ayaan Fadumo Sahra Hibo Ifrah Nasra Halima Layla Yasmin Mariam Salma Rania "
            "Huda Asma Samira Zahra"
        ),
        boys=_split(
            "Abdi Abdirahman Mohamed Ahmed Yusuf Mahad Liban Guled Abdullahi Hamza Khalid Karim "
            "Samir Mustafa Bilal Idris Jamal"
        ),
        families=_split(
            "Mohamed Ali Hassan Abdi Farah Warsame Jama Osman Omar Ahmed Yusuf Aden Hussein "
            "Ibrahim Elmi Al-Hassan Haddad Mansour Khalil Saleh Nasser"
        ),
    ),
    Culture(
        name="Chinese and Vietnamese",
        share=0.02,
        girls=_split("Mei Ling Xin Yan Hui Jing Li Na Thi Lan Hoa Mai Linh Huong Wei Yu"),
        boys=_split("Wei Jun Hao Ming Jie Lei Bo Chen Minh Duc Long Nam Quang Tuan Hung"),
        families=_split("Wang Li Zhang Liu Chen Yang Huang Zhou Wu Nguyen Tran Le Pham Hoang"),
    ),
)

_STARTS = _split(
    "Ash Black Brad Bram Broad Brock Burn Calder Carl Chad Cold Cran Crow Dal Den Dun East Ed "
    "Elm Farn Fen Gals Gar Glen Had Hal Hart Hazel Hol Horn Kings Lang Led Lin Long Mar Mel "
    "Mid Nor Oak Old Pem Pen Rad Red Rock Rush Sand Sed Shel Sher Stan Staf Sut Tar Thorn "
    "Under Wake Wal Warr West Whit Wil Win Wood Wor Yar"
)
_ENDS = _split(
    "bourne bridge brook burn bury by cliffe combe cote croft dale den don er field ford gate "
    "grave ham hart head holm hurst ing ington land ley low man mere more ridge shaw stead "
    "stock ston thorpe ton wall water well wick wood worth"
)
LONG_TAIL = tuple(start + end for start in _STARTS for end in _ENDS)
TAIL_SHARE = 0.3

STREETS = tuple(
    f"{first} {second}"
    for first in _split(
        "High Station Church Park Victoria Albert Mill Green Queens Kings Manor School Chapel "
        "Grove Windsor York Larch Oak Elm Quay Harbour Meadow Orchard Bridge Canal Foundry"
    )
    for second in _split("Road Street Lane Avenue Close Drive Way Court Gardens Crescent")
)
SCHOOLS = tuple(
    f"{first} {second}"
    for first in _split(
        "Brookfold Hollin Northmere Larchwood Quayside Millfield Eastcote Fernhill Ashdown "
        "Marlow Kingsmead Oakbank Thornlea Westholme Riverside Highcroft Stonegate Redbrook"
    )
    for second in ("Primary School", "Academy", "High School", "Infant School")
)
SURGERIES = tuple(
    f"{first} Surgery" for first in _split("Larch Quay Mill Abbey Castle Moor Bridge Park Canal")
)
