//! Sites, their widget's settings, and the install check.

use app::{LookChoice, SiteChange};
use domain::{Greetings, Position, Theme};
use policy::Role;

use crate::{
    common::on_both,
    office::{Office, code},
};

#[tokio::test]
async fn site_is_changed_and_its_colour_corrected() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let change = SiteChange {
            name: Some("Web shop".to_owned()),
            origins: Some(vec!["HTTPS://Shop.example/".to_owned(), "http://localhost:3000".to_owned()]),
            look: Some(LookChoice {
                accent: "#7b7b7b".to_owned(),
                position: Position::Left,
                theme: Theme::Dark,
                launcher: "Ask us".to_owned(),
            }),
            locale: Some("es".to_owned()),
            greetings: Some(Greetings {
                online: "Buenas".to_owned(),
                ..Greetings::default()
            }),
            offline_form: Some(false),
            ..SiteChange::default()
        };

        let site = office.app.update_site(&office.owner, office.made.site_id, change).await.unwrap();

        assert_eq!(site.origins, ["https://shop.example", "http://localhost:3000"]);
        assert_eq!(site.look.accent, "#757575");
        assert_eq!(site.greetings.online, "Buenas");
        assert!(site.greetings.away.starts_with("Ahora mismo no estamos"));
        let read = office.app.get_site(&office.owner, office.made.site_id).await.unwrap();
        assert_eq!(read, site);
        assert!(site.snippet.contains(&format!("/w/{}.js", site.id)));
        assert_eq!(
            site.csp,
            "script-src http://localhost:8080; connect-src http://localhost:8080 ws://localhost:8080"
        );
    })
    .await;
}

#[tokio::test]
async fn bad_settings_and_other_roles_are_refused() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let update = |by, change| office.app.update_site(by, office.made.site_id, change);
        let origins = |origin: &str| SiteChange {
            origins: Some(vec![origin.to_owned()]),
            ..SiteChange::default()
        };

        for origin in [
            "*",
            "https://*.shop.example",
            "http://shop.example",
            "shop.example",
        ] {
            let refused = update(&office.owner, origins(origin)).await;
            assert_eq!(code(refused), "origins:not_an_origin", "{origin}");
        }
        let many = SiteChange {
            origins: Some((0..21).map(|n| format!("https://s{n}.example")).collect()),
            ..SiteChange::default()
        };
        assert_eq!(code(update(&office.owner, many).await), "origins:too_many");
        assert_eq!(
            code(update(&bea, origins("https://x.example")).await),
            "forbidden"
        );
        assert_eq!(
            code(office.app.create_site(&bea, None, ("x", &[])).await),
            "forbidden"
        );
        assert_eq!(
            code(office.app.check_site(&bea, office.made.site_id).await),
            "forbidden"
        );
    })
    .await;
}

#[tokio::test]
async fn widget_is_told_what_the_owner_set_and_nothing_is_stored() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let count = || office.world.write(count_people);
        let before = count().await;

        let config = office
            .app
            .widget_config(office.made.site_id, Some("ar-EG"), None);
        let config = config.await.unwrap();

        assert_eq!(config.name, "Shop");
        assert_eq!(config.availability, "online");
        assert_eq!(config.greeting(), "مرحبًا! كيف يمكننا مساعدتك؟");
        assert!(
            config.retention_note.contains("365"),
            "{}",
            config.retention_note
        );
        assert_eq!(config.policy_version, 1);
        assert!(!config.preview);
        assert_eq!(count().await, before);
    })
    .await;
}

#[tokio::test]
async fn first_opening_after_the_check_is_an_event() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let (workspace_id, site_id) = (office.made.workspace_id, office.made.site_id);
        let events = || {
            office
                .world
                .write(move |tx| store::event_range(tx, workspace_id))
        };
        let open = |origin| office.app.widget_config(site_id, None, Some(origin));
        open("https://shop.example").await.unwrap();
        open("https://shop.example").await.unwrap();
        assert_eq!(events().await.0, 1);

        office.app.check_site(&office.owner, site_id).await.unwrap();
        assert_eq!(office.app.site_seen(workspace_id, site_id).await, Ok(None));
        open("https://shop.example").await.unwrap();

        assert_eq!(events().await.0, 2);
        let seen = office
            .app
            .site_seen(workspace_id, site_id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(seen.origin, "https://shop.example");
    })
    .await;
}

fn count_people(tx: &mut store::Tx<'_>) -> Result<i64, store::StoreError> {
    let query = "select (select count(*) from person) + (select count(*) from visitor)";
    tx.get(query, &[])?.int("count")
}
