// See vocabulary.hpp. Sentences are our own; several carry what parsers trip over (quotes, backslashes, line
// breaks, joined emoji, right-to-left text, characters outside the basic plane).
#include "vocabulary.hpp"

#include "events.hpp"

#include <algorithm>
#include <array>

namespace xtap::sim {
namespace {

using Words = std::string_view;

// One emoji may be several literals side by side. NOLINTBEGIN(bugprone-suspicious-missing-comma)
constexpr Words kEnglish[] = {
    "Rain since breakfast, but the tomatoes on the balcony look happy 🍅",
    "Finally fixed the bug that kept me up all night. It was a missing minus sign. \"Minus sign!\" "
    "🤦‍♀️",
    "Does anyone know a quiet café near the old harbour that opens before seven?",
    "The last train was late again,\nso I walked home along the river and met three cats 🐈🐈‍⬛🐈",
    "New photo set from the mountains is up. The light above 2,000 m is something else 🏔️✨",
    "Reading about bread and chemistry: 100% rye, 78% water, patience ∞",
    "If your path is C:\\temp\\new you have already lost, I'm afraid.",
    "Our team won 3–2 after extra time! My voice is gone 🎉🇬🇧🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "Slow morning. Tea, a crossword, and the neighbour practising the cello 🎻",
    "I keep telling people: back up your data, then test the backup. Then sleep well 😴",
};
constexpr Words kEnglishTags[] = {"gardening", "coding", "coffee", "football", "baking", "photography"};

constexpr Words kJapanese[] = {
    "今朝の富士山、雲ひとつなくて最高でした🗻✨ 通勤電車の窓から思わず写真を撮ってしまった。",
    "新しいラーメン屋さんに並んで一時間。待った甲斐がありました🍜 スープが「濃厚」なのに後味さっぱり!",
    "明日は朝から雨らしいので、洗濯物は今日のうちに片付けよう☔️",
    "猫が膝の上で寝てしまって、\n一歩も動けないまま二時間が過ぎた…🐈",
    "深夜のコーディング、なぜか捗る。朝になって読み返すと自分でも意味がわからない😇",
    "桜が満開🌸 川沿いの遊歩道は人でいっぱいだけど、夜はとても静かで綺麗でした。",
    "駅前の本屋が今月で閉店するそうです。学生の頃から通っていたので寂しい📚",
    "今日の晩ごはんは肉じゃがと味噌汁。𠮷野さんに教わった隠し味が効いてる👩"
    "‍"
    "🍳",
    "試合終了!延長戦の末に三対二で勝利🎉🇯🇵 声が枯れるまで応援した甲斐があった。",
    "カタカナ、ひらがな、漢字、絵文字😀、半角カナｶﾅ、全部まざっていても読めるのが日本語のすごいところ。",
};
constexpr Words kJapaneseTags[] = {"今日の空", "ラーメン", "猫のいる暮らし", "読書", "桜", "プログラミング"};

constexpr Words kKorean[] = {
    "오늘 아침 한강 산책, 바람이 정말 시원했어요 🌊 커피 한 잔 들고 걷기 딱 좋은 날씨!",
    "드디어 주말이다! 밀린 드라마를 몰아서 볼 예정입니다 📺🍿",
    "새로 생긴 떡볶이집에 다녀왔는데 생각보다 \"훨씬\" 매워서 눈물이 났다 🥵",
    "지하철에서 책을 읽다가 내릴 역을 두 번이나 지나쳤네요…\n그래도 재미있었다 📚",
    "우리 강아지가 오늘로 세 살이 되었어요 🐶🎂 건강하게만 자라다오.",
    "코드 리뷰를 부탁했더니 댓글이 백 개가 달렸다. 배울 점이 많은 하루 "
    "👩🏻‍💻",
    "연장전 끝에 삼 대 이로 이겼다! 목이 다 쉬었어요 🎉🇰🇷",
    "비 오는 날에는 역시 파전과 막걸리 ☔️🥞",
};
constexpr Words kKoreanTags[] = {"일상", "맛집", "강아지", "독서", "주말", "개발자"};

constexpr Words kPortuguese[] = {
    "Que pôr do sol em Copacabana hoje! 🌅 A praia cheia e ninguém com pressa de ir embora.",
    "Alguém sabe onde encontrar um bom pão de queijo aqui no centro? 🧀",
    "Três a dois na prorrogação, coração não aguenta! 🎉🇧🇷⚽",
    "Choveu tanto que a rua virou rio,\nmas o café continua quentinho ☕",
    "Terminei de ler \"o livro mais comentado do ano\" e não achei tudo isso, não…",
    "Aula de violão número dez: já consigo tocar uma música inteira sem parar 🎸",
    "Meu código funcionou de primeira. Estou com medo 😅👨🏾‍💻",
    "São João chegando: fogueira, canjica e quadrilha com a família toda 🌽🔥",
};
constexpr Words kPortugueseTags[] = {"futebol", "café", "SãoJoão", "música", "leitura", "praia"};

constexpr Words kSpanish[] = {
    "¡Qué calor! Cuarenta grados a la sombra y el mercado lleno de sandías 🍉",
    "Mañana salimos temprano hacia la sierra; ojalá no llueva 🤞🏽",
    "El gato del vecino ha decidido que nuestro sofá es suyo 🐈",
};
constexpr Words kSpanishTags[] = {"verano", "viajes", "gatos"};
constexpr Words kArabic[] = {
    "صباح الخير من الإسكندرية، البحر هادئ اليوم والقهوة جاهزة "
    "☕️🌊",
    "انتهيت من قراءة رواية طويلة في يومين فقط، لا أنصح بذلك قبل الامتحانات 😅",
};
constexpr Words kArabicTags[] = {"قهوة", "قراءة"};
constexpr Words kHindi[] = {
    "आज सुबह की चाय और बारिश, इससे अच्छा कुछ नहीं "
    "☕🌧️",
    "मैच का आख़िरी ओवर देखकर दिल की धड़कन रुक सी गई थी "
    "🏏🇮🇳",
};
constexpr Words kHindiTags[] = {"चाय", "क्रिकेट"};
constexpr Words kThai[] = {"วันนี้ฝนตกหนักมาก แต่ก๋วยเตี๋ยวเรือร้อนๆ ช่วยได้เสมอ 🍜", "แมวที่บ้านนอนทั้งวัน อิจฉาจริงๆ 🐱"};
constexpr Words kThaiTags[] = {"ก๋วยเตี๋ยว", "แมว"};
constexpr Words kFrench[] = {"Déjà l’automne : les châtaignes grillées sont de retour au marché 🌰",
                             "Petit rappel : « sauvegarder » n’est pas « vérifier la sauvegarde » 😉"};
constexpr Words kFrenchTags[] = {"automne", "développement"};
constexpr Words kTurkish[] = {"Vapurda çay, simit ve martılar; İstanbul'da sabah böyle başlar 🥯",
                              "Işığı kapatmayı yine unutmuşum, elektrik faturası üzmesin 💡"};
constexpr Words kTurkishTags[] = {"İstanbul", "çay"};
constexpr Words kUndefined[] = {"😂😂😂😂", "🔥🔥 👀 𝓌ℴ𝓌 🧑‍🚀🚀",
                                "❤️🧡💛💚💙💜"};
constexpr Words kUndefinedTags[] = {"wow", "love"};
// NOLINTEND(bugprone-suspicious-missing-comma)

constexpr std::array<Language, 11> kLanguages{{
    {"en", kEnglish, kEnglishTags},
    {"ja", kJapanese, kJapaneseTags},
    {"ko", kKorean, kKoreanTags},
    {"pt", kPortuguese, kPortugueseTags},
    {"es", kSpanish, kSpanishTags},
    {"ar", kArabic, kArabicTags},
    {"hi", kHindi, kHindiTags},
    {"th", kThai, kThaiTags},
    {"fr", kFrench, kFrenchTags},
    {"tr", kTurkish, kTurkishTags},
    {"und", kUndefined, kUndefinedTags},
}};

constexpr Person kPeople[] = {
    {"Mira Okafor", "mira_okafor", "Gardener, reader, twice a day tea 🫖", "Leeds, England"},
    {"田中 さくら🌸", "sakura_t_0412", "写真とコーヒーと猫。無言フォロー失礼します📷", "東京都 世田谷区"},
    {"김하늘", "haneul_kim", "백엔드 개발자 / 주말엔 등산 ⛰️", "서울"},
    {"João d’Ávila", "joaodavila", "professor, flamenguista, pai de dois 👨‍👧‍👦",
     "Rio de Janeiro, Brasil"},
    {"Lucía \"Lu\" Romero", "lu_romero", "cocina // viajes // perros", "Sevilla"},
    {"أمينة حسن", "amina_reads", "قارئة وكاتبة أحيانًا", "الإسكندرية"},
    {"Deniz Yılmaz", "denizyilmaz34", "Kahve, kod, kedi ☕🐈", "İstanbul"},
    {"Priya ✨ नायर", "priya_nair", "Data by day, ghazals by night", "कोच्चि"},
    {"weather_bot_\\o/", "weatherbot_x", "Automated. Temperatures in °C and moods in emoji ⛅", ""},
    {"ทราย", "sai_bkk", "ชอบแมวกับทะเล", "กรุงเทพฯ"},
};

} // namespace

std::span<const Language> languages() { return kLanguages; }

const Language &language(std::string_view code) {
    const auto at = std::ranges::find(kLanguages, code, &Language::code);
    return at == kLanguages.end() ? kLanguages[0] : *at;
}

std::span<const Person> people() { return kPeople; }

std::uint64_t Dice::next() { return mix(state_++); }

std::string Dice::id() {
    return std::to_string(1'000'000'000'000'000'000u + below(900'000'000'000'000'000u));
}

std::string Dice::account() {
    return std::to_string(percent(50) ? 10'000'000 + below(2'990'000'000u)
                                      : 700'000'000'000'000'000u + below(1'000'000'000'000'000'000u));
}

} // namespace xtap::sim
