"""What Adaptive Cards 1.5 are made of: the properties of each element, and the words that some of them take."""

from __future__ import annotations

from typing import Final

COMMON: Final = "type id isVisible separator spacing height fallback requires"
ELEMENTS: Final = {
    "TextBlock": "text color fontType horizontalAlignment isSubtle maxLines size weight wrap style",
    "RichTextBlock": "inlines horizontalAlignment",
    "TextRun": "text color fontType highlight isSubtle italic selectAction size strikethrough underline weight",
    "Image": "url altText backgroundColor horizontalAlignment selectAction size style width msteams",
    "Media": "sources poster altText captionSources",
    "Container": "items selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl",
    "ColumnSet": "columns selectAction style bleed minHeight horizontalAlignment",
    "Column": "items selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl width",
    "FactSet": "facts",
    "ImageSet": "images imageSize",
    "ActionSet": "actions",
    "Table": "columns rows firstRowAsHeader showGridLines gridStyle horizontalCellContentAlignment verticalCellContentAlignment",
    "TableRow": "cells horizontalCellContentAlignment verticalCellContentAlignment style",
    "TableCell": "items selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl",
    "Input.Text": "label isRequired errorMessage value placeholder maxLength isMultiline style regex inlineAction",
    "Input.Number": "label isRequired errorMessage value placeholder min max",
    "Input.Date": "label isRequired errorMessage value placeholder min max",
    "Input.Time": "label isRequired errorMessage value placeholder min max",
    "Input.Toggle": "label isRequired errorMessage value title valueOff valueOn wrap",
    "Input.ChoiceSet": "label isRequired errorMessage value placeholder choices choices.data isMultiSelect style wrap",
}
ACTION: Final = "type id title iconUrl style fallback requires isEnabled mode tooltip"
ACTIONS: Final = {
    "Action.OpenUrl": "url",
    "Action.Submit": "data associatedInputs msteams",
    "Action.Execute": "verb data associatedInputs",
    "Action.ShowCard": "card",
    "Action.ToggleVisibility": "targetElements",
}
WHOLE: Final = (
    "type version body actions refresh fallbackText msteams lang speak rtl minHeight selectAction "
    "backgroundImage verticalContentAlignment authentication metadata $schema"
)
COLORS: Final = frozenset(["default", "dark", "light", "accent", "good", "warning", "attention"])
SPACINGS: Final = frozenset(["default", "none", "small", "medium", "large", "extraLarge", "padding"])
SIZES: Final = frozenset(["default", "small", "medium", "large", "extraLarge"])
CHOICES: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("TextBlock", "color"): COLORS,
    ("TextRun", "color"): COLORS,
    ("TextBlock", "size"): SIZES,
    ("TextRun", "size"): SIZES,
    ("TextBlock", "weight"): frozenset(["default", "lighter", "bolder"]),
    ("TextRun", "weight"): frozenset(["default", "lighter", "bolder"]),
    ("TextBlock", "style"): frozenset(["default", "heading", "columnHeader"]),
    ("Input.Text", "style"): frozenset(["text", "tel", "url", "email", "password"]),
    ("Input.ChoiceSet", "style"): frozenset(["compact", "expanded", "filtered"]),
    ("Image", "size"): frozenset(["auto", "stretch", "small", "medium", "large"]),
    ("Image", "style"): frozenset(["default", "person"]),
}
CONTAINER_STYLES: Final = frozenset(["default", "emphasis", "good", "attention", "warning", "accent"])
CONTAINERS: Final = frozenset(["Container", "ColumnSet", "Column", "TableRow", "TableCell"])
NEEDS: Final = {
    "TextBlock": ("text",),
    "TextRun": ("text",),
    "RichTextBlock": ("inlines",),
    "Image": ("url",),
    "Container": ("items",),
    "FactSet": ("facts",),
    "ActionSet": ("actions",),
    "Input.ChoiceSet": ("id", "choices"),
    "Action.OpenUrl": ("url",),
    "Action.Execute": ("verb",),
}
LISTS: Final = ("body", "items", "columns", "inlines", "actions", "rows", "cells", "images", "facts")
