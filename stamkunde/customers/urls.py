"""The addresses of customers."""

from django.urls import path

from stamkunde.customers.views import agreement, contact, creating, files, human, inline, note, settings, trash

app_name = "customers"

urlpatterns = [
    path("customers/new/", creating.new, name="new"),
    path("customers/likely/", creating.likely, name="likely"),
    path("customers/trash/", trash.trash, name="trash"),
    path("customers/<int:pk>/name/", inline.name, name="name"),
    path("customers/<int:pk>/profile/<slug:name>/", inline.part, name="part"),
    path("customers/<int:pk>/fields/<slug:name>/", inline.field, name="field"),
    path("customers/<int:pk>/own-fields/<int:field_pk>/", inline.custom_value, name="custom_value"),
    path("customers/<int:pk>/former-names/", human.former_names, name="former_names"),
    path(
        "customers/<int:pk>/former-names/<int:former_pk>/removal/",
        human.remove_former_name,
        name="remove_former_name",
    ),
    path("customers/<int:pk>/contact-points/", contact.contact_points, name="contact_points"),
    path("customers/<int:pk>/contact-points/<int:point_pk>/", contact.contact_point, name="contact_point"),
    path(
        "customers/<int:pk>/contact-points/<int:point_pk>/state/",
        contact.contact_point_status,
        name="contact_point_status",
    ),
    path(
        "customers/<int:pk>/contact-points/<int:point_pk>/removal/",
        contact.remove_contact_point,
        name="remove_contact_point",
    ),
    path("customers/<int:pk>/addresses/", contact.addresses, name="addresses"),
    path("customers/<int:pk>/addresses/<int:address_pk>/", contact.address, name="address"),
    path("customers/<int:pk>/addresses/<int:address_pk>/removal/", contact.remove_address, name="remove_address"),
    path("customers/<int:pk>/traits/", human.traits, name="traits"),
    path("customers/<int:pk>/traits/<int:trait_pk>/", human.trait, name="trait"),
    path("customers/<int:pk>/traits/<int:trait_pk>/removal/", human.remove_trait, name="remove_trait"),
    path("customers/<int:pk>/relations/", human.relations, name="relations"),
    path("customers/<int:pk>/relations/<int:relation_pk>/removal/", human.remove_relation, name="remove_relation"),
    path("customers/<int:pk>/consents/", agreement.consents, name="consents"),
    path("customers/<int:pk>/consents/answers/", agreement.consent_answers, name="consent_answers"),
    path("customers/<int:pk>/notes/<int:note_pk>/", note.note, name="note"),
    path("customers/<int:pk>/files/", files.add, name="files"),
    path("customers/<int:pk>/files/<int:file_pk>/", files.download, name="file"),
    path("customers/<int:pk>/files/<int:file_pk>/removal/", files.remove, name="remove_file"),
    path("customers/<int:pk>/files/<int:file_pk>/restoration/", files.restore, name="restore_file"),
    path("customers/<int:pk>/removals/<int:happening_pk>/undoing/", trash.undo, name="undo"),
    path("customers/<int:pk>/removal/", trash.removal, name="removal"),
    path("customers/<int:pk>/return/", trash.take_back, name="return"),
    path("customers/<int:pk>/look-ups/", trash.lookups, name="lookups"),
    path("settings/fields/", settings.fields, name="fields"),
    path("settings/fields/<int:pk>/", settings.field, name="own_field"),
    path("settings/fields/<int:pk>/position/", settings.position, name="field_position"),
]
